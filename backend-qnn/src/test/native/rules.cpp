// Tensors and nodes against the op table and the rules of Hexagon v68 (docs/qnn.md names the sources). Strict on purpose: what is
// not known to be allowed is refused.
#include "graph.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <sstream>

namespace conformance {

namespace {

struct Row {
    const char* name;
    int least;
    int most;
    const char* params;
    const char* types;
};
constexpr Row TABLE[] = {
#include "op_table.inc"
};

struct TypeRow {
    std::uint32_t code;
    const char* name;
    std::size_t bytes;
};
// Integers that no op of the table names separately print as the table does: u8 is UINT_8, U8 is UFIXED_8.
constexpr TypeRow TYPES[] = {{INT_8, "i8", 1}, {INT_16, "i16", 2}, {INT_32, "i32", 4}, {INT_64, "i64", 8}, {UINT_8, "u8", 1},
        {UINT_16, "u16", 2}, {UINT_32, "u32", 4}, {UINT_64, "u64", 8}, {FLOAT_16, "F16", 2}, {FLOAT_32, "F32", 4}, {FLOAT_64, "F64", 8},
        {SFIXED_8, "S8", 1}, {SFIXED_16, "S16", 2}, {SFIXED_32, "S32", 4}, {UFIXED_8, "U8", 1}, {UFIXED_16, "U16", 2},
        {UFIXED_32, "U32", 4}, {BOOL_8, "B8", 1}};

const TypeRow* typeRow(std::uint32_t type) {
    for (const TypeRow& row : TYPES) {
        if (row.code == type) {
            return &row;
        }
    }
    return nullptr;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, separator);) {
        parts.push_back(part);
    }
    return parts;
}

void refuseOp(bool ok, const std::string& text) {
    require(ok, OP_INVALID, text);
}

const Row& row(const std::string& op) {
    for (const Row& r : TABLE) {
        if (op == r.name) {
            return r;
        }
    }
    throw Refusal{OP_INVALID, "there is no op '" + op + "' for HTP"};
}

std::string dimsText(const std::vector<std::uint32_t>& dims) {
    std::string text = "[";
    for (std::size_t i = 0; i < dims.size(); i++) {
        text += (i == 0 ? "" : ",") + std::to_string(dims[i]);
    }
    return text + "]";
}

void checkQuantization(const Facts& t) {
    const auto bad = [&](bool ok, const std::string& why) { require(ok, TENSOR_PARAM, t.name + ": " + why); };
    if (!fixedPoint(t.type)) {
        bad(t.encoding < 0, std::string("elements of ") + typeName(t.type) + " take no encoding");
        return;
    }
    bad(t.encoding >= 0, "fixed-point elements need an encoding");
    for (const float s : t.scales) {
        bad(std::isfinite(s) && s > 0, "scale " + std::to_string(s) + " is not positive and finite");
    }
    const bool perAxis = t.encoding == AXIS_SCALE_OFFSET || t.encoding == BW_AXIS_SCALE_OFFSET;
    if (perAxis) {
        bad(t.kind == STATIC, "an encoding per axis needs a static tensor");
        bad(t.axis >= 0 && static_cast<std::size_t>(t.axis) < t.dims.size(), "axis " + std::to_string(t.axis) + " of " + dimsText(t.dims));
        bad(t.scales.size() == t.dims[static_cast<std::size_t>(t.axis)], std::to_string(t.scales.size()) + " scales for axis "
                + std::to_string(t.axis) + " of " + dimsText(t.dims));
        bad(t.type == SFIXED_8 || t.type == SFIXED_32, "an encoding per axis is of signed 8-bit weights or 32-bit biases");
        bad(std::all_of(t.offsets.begin(), t.offsets.end(), [](std::int32_t o) { return o == 0; }), "an encoding per axis has offsets 0");
    }
    for (const std::int32_t o : t.offsets) {
        const std::int32_t least = t.type == UFIXED_8 ? -255 : t.type == UFIXED_16 ? -65535 : t.type == SFIXED_8 ? -127 : t.type == SFIXED_16 ? -32767 : 0;
        bad(o >= least && o <= (t.type == SFIXED_8 ? 128 : t.type == SFIXED_16 ? 32768 : 0),
                "offset " + std::to_string(o) + " is not the negative of a " + typeName(t.type) + " number");
    }
    if (t.encoding == BW_SCALE_OFFSET || t.encoding == BW_AXIS_SCALE_OFFSET) {
        bad(t.kind == STATIC && t.type == SFIXED_8, "narrow elements are static S8");
        bad(t.bits == 4, std::to_string(t.bits) + " bits; v68 takes 4");
        bad(std::all_of(t.data.begin(), t.data.end(), [](unsigned char b) { return b < 16; }), "the upper half of a 4-bit element is not 0");
    }
}

void unpack(const Quantization& q, Facts& t) {
    if (q.definition == UNDEFINED) {
        require(q.encoding == UNDEFINED, TENSOR_PARAM, t.name + ": an encoding that is not defined");
        return;
    }
    require(q.definition == DEFINED, TENSOR_PARAM, t.name + ": definition " + std::to_string(q.definition));
    t.encoding = static_cast<std::int32_t>(q.encoding);
    switch (q.encoding) {
        case SCALE_OFFSET:
            t.scales = {q.tensor.scale};
            t.offsets = {q.tensor.offset};
            break;
        case AXIS_SCALE_OFFSET:
            t.axis = q.axis.axis;
            for (std::uint32_t i = 0; i < q.axis.count; i++) {
                t.scales.push_back(q.axis.entries[i].scale);
                t.offsets.push_back(q.axis.entries[i].offset);
            }
            break;
        case BW_SCALE_OFFSET:
            t.bits = q.narrow.bits;
            t.scales = {q.narrow.scale};
            t.offsets = {q.narrow.offset};
            break;
        case BW_AXIS_SCALE_OFFSET:
            t.bits = q.narrowAxis.bits;
            t.axis = q.narrowAxis.axis;
            t.scales.assign(q.narrowAxis.scales, q.narrowAxis.scales + q.narrowAxis.count);
            t.offsets.assign(q.narrowAxis.offsets, q.narrowAxis.offsets + q.narrowAxis.count);
            break;
        default:
            throw Refusal{TENSOR_PARAM, t.name + ": encoding " + std::to_string(q.encoding) + " is not for v68 (blocks need v69 or later)"};
    }
}

}  // namespace

std::size_t elementBytes(std::uint32_t type) {
    const TypeRow* found = typeRow(type);
    return found == nullptr ? 0 : found->bytes;
}

const char* typeName(std::uint32_t type) {
    const TypeRow* found = typeRow(type);
    return found == nullptr ? "unknown" : found->name;
}

bool fixedPoint(std::uint32_t type) {
    return type == SFIXED_8 || type == SFIXED_16 || type == SFIXED_32 || type == UFIXED_8 || type == UFIXED_16 || type == UFIXED_32;
}

std::size_t Facts::elements() const {
    return std::accumulate(dims.begin(), dims.end(), std::size_t{1}, [](std::size_t a, std::uint32_t d) { return a * d; });
}

bool Facts::sameEncoding(const Facts& other) const {
    return type == other.type && encoding == other.encoding && axis == other.axis && bits == other.bits && scales == other.scales
            && offsets == other.offsets;
}

std::string Facts::print() const {
    return name + " " + typeName(type) + dimsText(dims);
}

std::vector<const Facts*> GraphState::side(std::uint32_t kind) const {
    std::vector<const Facts*> found;
    for (const Facts& t : tensors) {
        if (t.kind == kind) {
            found.push_back(&t);
        }
    }
    return found;
}

Facts describe(const Tensor& tensor) {
    require(tensor.version == 1 || tensor.version == 2, TENSOR_PARAM, "a tensor of version " + std::to_string(tensor.version));
    require(tensor.name != nullptr && tensor.name[0] != 0, TENSOR_PARAM, "a tensor without a name");
    Facts t;
    t.id = tensor.id;
    t.name = tensor.name;
    const auto bad = [&](bool ok, const std::string& why) { require(ok, TENSOR_PARAM, t.name + ": " + why); };
    t.kind = tensor.kind;
    t.type = tensor.type;
    bad(t.kind == APP_WRITE || t.kind == APP_READ || t.kind == NATIVE || t.kind == STATIC, "kind " + std::to_string(t.kind));
    bad(typeRow(t.type) != nullptr, "element type " + std::to_string(t.type));
    bad(tensor.format == 0, "format " + std::to_string(tensor.format) + " is not dense");
    bad(tensor.rank >= 1 && tensor.rank <= MAX_RANK, std::to_string(tensor.rank) + " axes; 1 to 5 are allowed");
    bad(tensor.dims != nullptr, "no dimensions");
    t.dims.assign(tensor.dims, tensor.dims + tensor.rank);
    bad(std::find(t.dims.begin(), t.dims.end(), 0U) == t.dims.end(), "an empty axis in " + dimsText(t.dims));
    bad(tensor.memory == RAW, "memory kind " + std::to_string(tensor.memory));
    unpack(tensor.quantization, t);
    const std::size_t bytes = t.elements() * elementBytes(t.type);
    if (t.kind == STATIC) {
        bad(tensor.buffer.data != nullptr, "a static tensor without data");
        bad(tensor.buffer.bytes == bytes, std::to_string(tensor.buffer.bytes) + " bytes of data for " + dimsText(t.dims) + " of " + typeName(t.type));
        const auto* from = static_cast<const unsigned char*>(tensor.buffer.data);
        t.data.assign(from, from + bytes);
    }
    checkQuantization(t);
    return t;
}

NodeView view(const OpConfig& config) {
    NodeView node;
    refuseOp(config.version == 1, "an op of version " + std::to_string(config.version));
    refuseOp(config.name != nullptr && config.name[0] != 0, "a node without a name");
    refuseOp(config.package != nullptr && std::strcmp(config.package, "qti.aisw") == 0, "no such op package");
    refuseOp(config.type != nullptr, "a node without an op");
    node.name = config.name;
    node.op = config.type;
    for (std::uint32_t i = 0; i < config.paramCount; i++) {
        const Param& p = config.params[i];
        refuseOp(p.name != nullptr && (p.kind == SCALAR || p.kind == TENSOR), "a parameter of kind " + std::to_string(p.kind));
        Parameter parameter;
        parameter.tensor = p.kind == TENSOR;
        if (parameter.tensor) {
            Facts t = describe(p.tensor);
            refuseOp(t.kind == STATIC, std::string("parameter ") + p.name + " is not static");
            parameter.type = t.type;
            parameter.tensorId = t.id;
            node.tensorParams.emplace(p.name, std::move(t));
        } else {
            parameter.type = p.scalar.type;
            parameter.bits = p.scalar.bits;
        }
        refuseOp(node.params.emplace(p.name, parameter).second, std::string("parameter ") + p.name + " stands twice");
    }
    for (std::uint32_t i = 0; i < config.inputCount; i++) {
        node.inputs.push_back(describe(config.inputs[i]));
    }
    for (std::uint32_t i = 0; i < config.outputCount; i++) {
        node.outputs.push_back(describe(config.outputs[i]));
    }
    return node;
}

namespace {

using Dims = std::vector<std::uint32_t>;

class Checker {
public:
    explicit Checker(const NodeView& node) : node_(node), row_(row(node.op)) {}

    void all() const {
        counts();
        params();
        types();
        shapes();
        v68();
    }

private:
    const NodeView& node_;
    const Row& row_;

    void ok(bool good, const std::string& why) const {
        refuseOp(good, node_.op + ": " + why);
    }
    const Facts& in(std::size_t i) const { return node_.inputs[i]; }
    const Facts& out() const { return node_.outputs[0]; }
    bool is(std::initializer_list<const char*> names) const {
        return std::any_of(names.begin(), names.end(), [&](const char* n) { return node_.op == n; });
    }
    std::int64_t scalar(const char* name, std::int64_t otherwise) const {
        const auto found = node_.params.find(name);
        if (found == node_.params.end()) {
            return otherwise;
        }
        return found->second.type == BOOL_8 ? static_cast<std::int64_t>(found->second.bits & 0xff)
                                            : static_cast<std::int32_t>(found->second.bits & 0xffffffff);
    }
    std::vector<std::int32_t> ints(const char* name, std::vector<std::int32_t> otherwise) const {
        const auto found = node_.tensorParams.find(name);
        if (found == node_.tensorParams.end()) {
            return otherwise;
        }
        std::vector<std::int32_t> values(found->second.elements());
        std::memcpy(values.data(), found->second.data.data(), values.size() * 4);
        return values;
    }

    void counts() const {
        const auto n = static_cast<int>(node_.inputs.size());
        ok(n >= row_.least && (row_.most < 0 || n <= row_.most), std::to_string(n) + " inputs");
        ok(!node_.outputs.empty() && (node_.outputs.size() == 1 || is({"Split", "UnPack", "TopK"})), std::to_string(node_.outputs.size()) + " outputs");
    }

    void params() const {
        std::set<std::string> known;
        for (const std::string& text : split(row_.params, ' ')) {
            const std::size_t colon = text.find(':');
            const bool optional = text[colon - 1] == '?';
            const std::string name = text.substr(0, optional ? colon - 1 : colon);
            const std::size_t bracket = text.find('[');
            const std::string type = text.substr(colon + 1, bracket == std::string::npos ? bracket : bracket - colon - 1);
            known.insert(name);
            const auto found = node_.params.find(name);
            if (found == node_.params.end()) {
                ok(optional, "parameter " + name + " is missing");
                continue;
            }
            const Parameter& p = found->second;
            ok(p.tensor == (bracket != std::string::npos), "parameter " + name + (p.tensor ? " is a tensor" : " is a scalar"));
            ok(type == "any" || type == typeName(p.type), "parameter " + name + " of " + typeName(p.type) + ", defined as " + type);
            if (p.tensor) {
                paramShape(name, node_.tensorParams.at(name).dims, text.substr(bracket + 1, text.size() - bracket - 2));
            }
        }
        for (const auto& given : node_.params) {
            ok(known.count(given.first) == 1, "there is no parameter " + given.first);
        }
    }

    void paramShape(const std::string& name, const Dims& dims, const std::string& wanted) const {
        const std::vector<std::string> parts = split(wanted, ',');
        bool good = parts.size() == dims.size();
        for (std::size_t i = 0; good && i < parts.size(); i++) {
            good = parts[i] == "n" || std::to_string(dims[i]) == parts[i];
        }
        ok(good, "parameter " + name + " of shape " + dimsText(dims) + ", defined as [" + wanted + "]");
    }

    static bool among(const std::string& alternatives, std::uint32_t type) {
        const std::vector<std::string> names = split(alternatives, '/');
        return std::find(names.begin(), names.end(), typeName(type)) != names.end();
    }

    bool fits(const std::string& combination) const {
        const std::size_t arrow = combination.find('>');
        const std::vector<std::string> ins = split(combination.substr(0, arrow), '*');
        const std::vector<std::string> outs = split(combination.substr(arrow + 1), ',');
        for (std::size_t i = 0; i < node_.inputs.size(); i++) {
            // Variadic ops name one input for all.
            if (!among(ins[row_.most < 0 ? 0 : i < ins.size() ? i : ins.size() - 1], in(i).type)) {
                return false;
            }
        }
        for (std::size_t i = 0; i < node_.outputs.size(); i++) {
            if (!among(outs[i < outs.size() ? i : outs.size() - 1], node_.outputs[i].type)) {
                return false;
            }
        }
        return true;
    }

    void types() const {
        std::string given;
        for (const Facts& t : node_.inputs) {
            given += (given.empty() ? "" : "*") + std::string(typeName(t.type));
        }
        given += ">";
        for (const Facts& t : node_.outputs) {
            given += (given.back() == '>' ? "" : ",") + std::string(typeName(t.type));
        }
        const std::vector<std::string> combinations = split(row_.types, ' ');
        ok(std::any_of(combinations.begin(), combinations.end(), [&](const std::string& c) { return fits(c); }),
                "element types " + given + "; defined are " + row_.types);
    }

    // ---- shapes ----

    void outIs(const Dims& dims) const {
        ok(out().dims == dims, "result " + out().print() + ", should be " + dimsText(dims));
    }

    void sameElements() const {
        ok(in(0).elements() == out().elements(), in(0).print() + " to " + out().print());
    }

    static bool broadcast(const Dims& a, const Dims& b, Dims& result) {
        result.assign(std::max(a.size(), b.size()), 1);
        for (std::size_t i = 0; i < result.size(); i++) {
            const std::uint32_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
            const std::uint32_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
            if (x != y && x != 1 && y != 1) {
                return false;
            }
            result[result.size() - 1 - i] = std::max(x, y);
        }
        return true;
    }

    void shapes() const {
        if (is({"Conv2d", "DepthWiseConv2d"})) {
            convolution();
        } else if (is({"FullyConnected"})) {
            fullyConnected();
        } else if (is({"MatMul"})) {
            matMul();
        } else if (is({"Reshape", "ExpandDims", "Squeeze"})) {
            sameElements();
        } else if (is({"Transpose"})) {
            transpose();
        } else if (is({"Concat"})) {
            concat();
        } else if (is({"Split"})) {
            splitShapes();
        } else if (is({"StridedSlice"})) {
            slice();
        } else if (is({"Gather"})) {
            gather();
        } else if (is({"Pad"})) {
            pad();
        } else if (is({"Tile"})) {
            tile();
        } else if (is({"ScatterNd"})) {
            scatter();
        } else if (is({"PoolAvg2d", "PoolMax2d"})) {
            pool();
        } else if (is({"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"})) {
            reduce();
        } else if (is({"RmsNorm", "LayerNorm"})) {
            outIs(in(0).dims);
            norm();
        } else if (node_.inputs.size() == 3 && is({"ElementWiseSelect"})) {
            Dims two;
            Dims all;
            ok(broadcast(in(1).dims, in(2).dims, two) && broadcast(in(0).dims, two, all), "operands that do not fit each other");
            outIs(all);
        } else if (node_.inputs.size() == 2 && node_.op.rfind("ElementWise", 0) == 0) {
            Dims all;
            ok(broadcast(in(0).dims, in(1).dims, all), in(0).print() + " and " + in(1).print() + " do not fit each other");
            outIs(all);
        } else if (is({"ElementWiseUnary", "ElementWiseNeuron", "Relu", "ReluMinMax", "Relu6", "Gelu", "Sigmoid", "Tanh", "HardSwish", "Softmax",
                           "Cast", "Convert", "Quantize", "Dequantize", "L2Norm", "ElementWiseRsqrt", "ElementWiseSquareRoot", "ElementWiseExp",
                           "ElementWiseNot"})) {
            outIs(in(0).dims);
        } else if (!is({"ResizeBilinear", "ResizeNearestNeighbor", "Resize"})) {
            // Ops of the table that this project does not use: their shapes are not known here.
            throw Refusal{OP_INVALID, node_.op + ": the test double does not know the shapes of this op"};
        }
    }

    void convolution() const {
        const Dims& x = in(0).dims;
        const Dims& w = in(1).dims;
        ok(x.size() == 4 && w.size() == 4 && out().dims.size() == 4, "tensors have 4 axes: " + in(0).print() + ", " + in(1).print());
        const bool depthwise = is({"DepthWiseConv2d"});
        const auto groups = static_cast<std::uint32_t>(depthwise ? x[3] : scalar("group", 1));
        ok(groups >= 1 && x[3] % groups == 0 && w[3] % groups == 0 && w[2] == (depthwise ? 1 : x[3] / groups),
                "weights " + in(1).print() + " for " + in(0).print() + " in " + std::to_string(groups) + " groups");
        const auto stride = ints("stride", {});
        const auto pads = ints("pad_amount", {});
        const auto dilation = ints("dilation", {1, 1});
        Dims y{x[0], 0, 0, w[3]};
        for (std::size_t a = 0; a < 2; a++) {
            ok(stride[a] >= 1 && dilation[a] >= 1 && pads[2 * a] >= 0 && pads[2 * a + 1] >= 0, "stride, dilation or padding out of range");
            const std::int64_t room = static_cast<std::int64_t>(x[1 + a]) + pads[2 * a] + pads[2 * a + 1]
                    - static_cast<std::int64_t>(dilation[a]) * (static_cast<std::int64_t>(w[a]) - 1) - 1;
            ok(room >= 0, "the filter is larger than the picture");
            y[1 + a] = static_cast<std::uint32_t>(room / stride[a] + 1);
        }
        outIs(y);
        bias(w[3], 3);
        if (depthwise) {
            const bool plain = (dilation[0] == 1 && dilation[1] == 1) || (stride[0] == 1 && stride[1] == 1);
            const bool special = dilation[0] == 2 && dilation[1] == 2 && stride[0] == 2 && stride[1] == 2 && w[0] == 3 && w[1] == 3;
            ok(plain || special, "v68: dilation goes with stride 1 only");
        }
    }

    // The third operand, and the axis of the weights' encoding.
    void bias(std::uint32_t channels, std::int32_t axis) const {
        const Facts& w = in(1);
        if (w.axis >= 0) {
            ok(w.axis == axis, "channels of the weights lie along axis " + std::to_string(axis) + ", the encoding's along " + std::to_string(w.axis));
        }
        if (node_.inputs.size() == 3) {
            ok(in(2).dims == Dims{channels}, "bias " + in(2).print() + " for " + std::to_string(channels) + " channels");
            ok(in(2).kind == STATIC, "the bias is not static");
        }
    }

    void fullyConnected() const {
        const Dims& x = in(0).dims;
        const Dims& w = in(1).dims;
        ok(x.size() <= 4 && w.size() == 2, "input of at most 4 axes, weights of 2: " + in(0).print() + ", " + in(1).print());
        ok(scalar("keep_dims", 0) == 0, "keep_dims must be 0 on HTP");
        ok(in(0).elements() % w[1] == 0, "weights " + in(1).print() + " for " + in(0).print());
        outIs({static_cast<std::uint32_t>(in(0).elements() / w[1]), w[0]});
        bias(w[0], 0);
    }

    void matMul() const {
        Dims a = in(0).dims;
        Dims b = in(1).dims;
        ok(a.size() >= 2 && a.size() <= 4 && b.size() >= 2 && b.size() <= 4, "operands of 2 to 4 axes: " + in(0).print() + ", " + in(1).print());
        if (scalar("transpose_in0", 0) != 0) {
            std::swap(a[a.size() - 1], a[a.size() - 2]);
        }
        const bool turned = scalar("transpose_in1", 0) != 0;
        if (turned) {
            std::swap(b[b.size() - 1], b[b.size() - 2]);
        }
        ok(a[a.size() - 1] == b[b.size() - 2], "inner extents of " + in(0).print() + " and " + in(1).print());
        Dims batch;
        ok(broadcast(Dims(a.begin(), a.end() - 2), Dims(b.begin(), b.end() - 2), batch), "outer extents of " + in(0).print() + " and " + in(1).print());
        batch.push_back(a[a.size() - 2]);
        batch.push_back(b[b.size() - 1]);
        outIs(batch);
        bias(b[b.size() - 1], static_cast<std::int32_t>(b.size() - (turned ? 2 : 1)));
    }

    void transpose() const {
        const auto perm = ints("perm", {});
        const Dims& x = in(0).dims;
        std::vector<std::int32_t> sorted = perm;
        std::sort(sorted.begin(), sorted.end());
        ok(perm.size() == x.size(), "a permutation of " + std::to_string(perm.size()) + " axes for " + in(0).print());
        Dims y;
        for (std::size_t i = 0; i < perm.size(); i++) {
            ok(sorted[i] == static_cast<std::int32_t>(i), "perm is no permutation");
            y.push_back(x[static_cast<std::size_t>(perm[i])]);
        }
        outIs(y);
    }

    std::size_t axis(const char* name, std::size_t rank) const {
        const std::int64_t a = scalar(name, static_cast<std::int64_t>(rank) - 1);
        ok(a >= 0 && static_cast<std::size_t>(a) < rank, "axis " + std::to_string(a) + " of " + std::to_string(rank));
        return static_cast<std::size_t>(a);
    }

    void concat() const {
        Dims y = in(0).dims;
        const std::size_t a = axis("axis", y.size());
        y[a] = 0;
        for (const Facts& t : node_.inputs) {
            Dims rest = t.dims;
            ok(rest.size() == y.size(), t.print() + " among others of rank " + std::to_string(y.size()));
            const std::uint32_t part = rest[a];
            rest[a] = y[a];
            ok(rest == y, t.print() + " does not fit beside the others");
            y[a] += part;
        }
        outIs(y);
    }

    void splitShapes() const {
        const std::size_t a = axis("axis", in(0).dims.size());
        const auto cuts = ints("split_index", {});
        ok(cuts.size() + 1 == node_.outputs.size(), std::to_string(cuts.size()) + " cuts for " + std::to_string(node_.outputs.size()) + " results");
        std::int64_t from = 0;
        for (std::size_t i = 0; i < node_.outputs.size(); i++) {
            const std::int64_t to = i < cuts.size() ? cuts[i] : in(0).dims[a];
            ok(to > from, "cuts must ascend inside the tensor");
            Dims y = in(0).dims;
            y[a] = static_cast<std::uint32_t>(to - from);
            ok(node_.outputs[i].dims == y, "result " + node_.outputs[i].print() + ", should be " + dimsText(y));
            from = to;
        }
    }

    void slice() const {
        const auto ranges = ints("ranges", {});
        const Dims& x = in(0).dims;
        ok(ranges.size() == 3 * x.size(), "one range for each axis of " + in(0).print());
        for (const char* mask : {"begin_mask", "end_mask", "shrink_axes", "new_axes_mask"}) {
            ok(scalar(mask, 0) == 0, std::string(mask) + " is not used by this project");
        }
        Dims y;
        for (std::size_t a = 0; a < x.size(); a++) {
            const std::int32_t from = ranges[3 * a];
            const std::int32_t to = ranges[3 * a + 1];
            const std::int32_t step = ranges[3 * a + 2];
            ok(from >= 0 && to > from && to <= static_cast<std::int32_t>(x[a]) && step >= 1, "range " + std::to_string(from) + ".." + std::to_string(to)
                    + " by " + std::to_string(step) + " on axis " + std::to_string(a) + " of " + in(0).print());
            y.push_back(static_cast<std::uint32_t>((to - from + step - 1) / step));
        }
        outIs(y);
    }

    void gather() const {
        const Dims& x = in(0).dims;
        const std::size_t a = axis("axis", x.size());
        Dims y(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(a));
        y.insert(y.end(), in(1).dims.begin(), in(1).dims.end());
        y.insert(y.end(), x.begin() + static_cast<std::ptrdiff_t>(a) + 1, x.end());
        outIs(y);
        if (in(1).kind == STATIC) {
            std::vector<std::int32_t> indices(in(1).elements());
            std::memcpy(indices.data(), in(1).data.data(), indices.size() * 4);
            for (const std::int32_t i : indices) {
                ok(i >= 0 && i < static_cast<std::int32_t>(x[a]), "index " + std::to_string(i) + " of " + std::to_string(x[a]));
            }
        }
    }

    void pad() const {
        const auto amount = ints("pad_amount", {});
        ok(amount.size() == 2 * in(0).dims.size(), "a pair for each axis of " + in(0).print());
        ok(scalar("scheme", 0) >= 0 && scalar("scheme", 0) <= 3, "scheme " + std::to_string(scalar("scheme", 0)));
        Dims y = in(0).dims;
        for (std::size_t a = 0; a < y.size(); a++) {
            y[a] += static_cast<std::uint32_t>(amount[2 * a] + amount[2 * a + 1]);
        }
        outIs(y);
    }

    void tile() const {
        const auto times = ints("multiples", {});
        ok(times.size() == in(0).dims.size(), "one number for each axis of " + in(0).print());
        Dims y = in(0).dims;
        for (std::size_t a = 0; a < y.size(); a++) {
            y[a] *= static_cast<std::uint32_t>(times[a]);
        }
        outIs(y);
    }

    void scatter() const {
        const Dims& x = in(0).dims;
        const Dims& indices = in(1).dims;
        const std::uint32_t depth = indices.back();
        ok(depth >= 1 && depth <= x.size(), "indices " + in(1).print() + " into " + in(0).print());
        Dims updates(indices.begin(), indices.end() - 1);
        updates.insert(updates.end(), x.begin() + depth, x.end());
        ok(in(2).dims == updates, "updates " + in(2).print() + ", should be " + dimsText(updates));
        outIs(x);
    }

    void pool() const {
        const Dims& x = in(0).dims;
        ok(x.size() == 4, "input of 4 axes");
        const auto filter = ints("filter_size", {});
        const auto stride = ints("stride", {});
        const auto pads = ints("pad_amount", {});
        ok(scalar("rounding_mode", 0) == 0, "rounding_mode CEIL is not used by this project");
        Dims y = x;
        for (std::size_t a = 0; a < 2; a++) {
            ok(filter[a] >= 1 && stride[a] >= 1 && pads[2 * a] >= 0 && pads[2 * a + 1] >= 0, "filter, stride or padding out of range");
            const std::int64_t room = static_cast<std::int64_t>(x[1 + a]) + pads[2 * a] + pads[2 * a + 1] - filter[a];
            ok(room >= 0, "the filter is larger than the picture");
            y[1 + a] = static_cast<std::uint32_t>(room / stride[a] + 1);
        }
        outIs(y);
    }

    void reduce() const {
        const auto axes = ints("axes", {});
        Dims y = in(0).dims;
        for (const std::int32_t a : axes) {
            ok(a >= 0 && static_cast<std::size_t>(a) < y.size(), "axis " + std::to_string(a) + " of " + in(0).print());
            y[static_cast<std::size_t>(a)] = 1;
        }
        if (scalar("keep_dims", 0) == 0) {
            Dims kept;
            for (std::size_t i = 0; i < y.size(); i++) {
                if (std::find(axes.begin(), axes.end(), static_cast<std::int32_t>(i)) == axes.end()) {
                    kept.push_back(y[i]);
                }
            }
            y = kept;
        }
        outIs(y);
    }

    void norm() const {
        const Dims& x = in(0).dims;
        ok(ints("axes", {}) == std::vector<std::int32_t>{static_cast<std::int32_t>(x.size()) - 1}, "v68: only the last axis");
        for (std::size_t i = 1; i < node_.inputs.size(); i++) {
            ok(in(i).dims == Dims{x.back()} && in(i).kind == STATIC, in(i).print() + " is not static and of the last axis' extent");
        }
    }

    // ---- rules of B.2 that are not about shapes ----

    void v68() const {
        for (const Facts& t : node_.inputs) {
            ok(t.axis < 0 || is({"Conv2d", "DepthWiseConv2d", "TransposeConv2d", "FullyConnected", "MatMul"}), t.print() + " is encoded per axis");
            ok(t.bits == 0 || is({"Conv2d", "DepthWiseConv2d", "TransposeConv2d", "FullyConnected", "MatMul"}), t.print() + " is narrow");
        }
        if (is({"Conv2d", "DepthWiseConv2d", "TransposeConv2d", "FullyConnected", "MatMul"})) {
            ok(in(1).type == SFIXED_8 || in(1).type == UFIXED_8 || in(1).type == FLOAT_16 || in(1).type == FLOAT_32,
                    "v68: in[1] of " + std::string(typeName(in(1).type)) + "; 16 bits need v73");
        }
        if (is({"LayerNorm", "RmsNorm"}) && node_.inputs.size() > 1) {
            ok(elementBytes(in(1).type) == 1 || !fixedPoint(in(1).type), "v68: a gain of 16 bits needs v73");
        }
        if (is({"RmsNorm"})) {
            ok(in(0).dims.size() <= 4, "at most 4 axes");
        }
        if (is({"Softmax", "LogSoftmax"})) {
            ok(axis("axis", in(0).dims.size()) == in(0).dims.size() - 1, "only the last axis");
        }
        if (is({"Reshape"})) {
            ok(node_.inputs.size() == 1, "a second input is not taken on HTP");
        }
        if (is({"Transpose"}) && in(0).dims.size() == 5) {
            ok(in(0).type == UFIXED_8 || in(0).type == SFIXED_8 || in(0).type == UFIXED_16 || in(0).type == FLOAT_16 || in(0).type == FLOAT_32,
                    "5 axes of " + std::string(typeName(in(0).type)));
        }
        if (is({"Reshape", "ExpandDims", "Squeeze", "Transpose", "StridedSlice", "Split", "Tile", "Pad", "Gather", "ScatterNd"})) {
            for (const Facts& t : node_.outputs) {
                ok(t.sameEncoding(in(0)) || in(0).type == FLOAT_32, "the encodings of " + in(0).print() + " and " + t.print() + " differ");
            }
        }
        if (is({"ScatterNd"})) {
            ok(in(2).sameEncoding(in(0)), "the encodings of data and updates differ");
        }
        if (is({"Argmax", "Argmin", "Cast"})) {
            ok(in(0).dims.size() <= 4, "at most 4 axes");
        }
        if (is({"Sigmoid"}) || (is({"ElementWiseNeuron"}) && scalar("operation", 0) == 6)) {
            unit(1.0F / 65536, 0, 1.0F / 32768);
        }
        if (is({"Tanh"}) || (is({"ElementWiseNeuron"}) && scalar("operation", 0) == 8)) {
            unit(1.0F / 32768, -32768, 1.0F / 32768);
        }
        if (is({"TopK"})) {
            ok(scalar("largest", 1) == 1, "largest must be 1");
        }
        if (is({"ElementWiseUnary"})) {
            ok(scalar("operation", -1) >= 0 && scalar("operation", -1) <= 15 && scalar("operation", -1) != 10, "operation "
                    + std::to_string(scalar("operation", -1)) + "; there is no reciprocal on HTP");
        }
        if (is({"ElementWiseBinary"})) {
            const std::int64_t operation = scalar("operation", -1);
            ok(operation >= 0 && operation <= 19, "operation " + std::to_string(operation));
            ok((operation != 1 && operation != 4 && operation != 15) || out().dims.size() <= 4, "AND, FLOOR_DIV and OR take at most 4 axes");
        }
        if (is({"ElementWiseNeuron"})) {
            ok(scalar("operation", -1) >= 0 && scalar("operation", -1) <= 8, "operation " + std::to_string(scalar("operation", -1)));
        }
    }

    // Fixed encoding of a 16-bit sigmoid or tanh.
    void unit(float scale, std::int32_t offset, float signedScale) const {
        if (out().type == UFIXED_16) {
            ok(out().scales[0] == scale && out().offsets[0] == offset, "a U16 result has a fixed encoding");
        }
        if (out().type == SFIXED_16) {
            ok(out().scales[0] == signedScale && out().offsets[0] == 0, "an S16 result has a fixed encoding");
        }
    }
};

}  // namespace

void check(const NodeView& node) {
    Checker(node).all();
}

}  // namespace conformance
