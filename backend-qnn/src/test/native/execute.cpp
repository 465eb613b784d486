// What each op means, computed plainly: operands become centred integers (q + offset) or reals, sums of products are exact in
// double, and the result is rounded to the nearest step of its encoding, halves up. Neither Qualcomm's arithmetic nor this
// project's: a third, to compare with.
#include "graph.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>

namespace conformance {

namespace {

using Dims = std::vector<std::size_t>;

// Elements of a tensor. Fixed point: x holds q + offset (exact in float up to 24 bits), the real value is x * scale. Floats: x with
// scale 1. Integers, truth values and 32-bit fixed point: i.
struct Value {
    Dims dims;
    std::vector<float> x;
    std::vector<std::int32_t> i;
    double scale = 1;

    std::size_t elements() const {
        return std::accumulate(dims.begin(), dims.end(), std::size_t{1}, std::multiplies<std::size_t>());
    }
    double real(std::size_t at) const { return x[at] * scale; }
};

bool whole(std::uint32_t type) {
    return type == INT_32 || type == UINT_32 || type == BOOL_8 || type == SFIXED_32 || type == UINT_8;
}

Value decode(const Facts& t, const void* from) {
    Value v;
    v.dims.assign(t.dims.begin(), t.dims.end());
    const std::size_t n = t.elements();
    const double offset = t.offsets.empty() ? 0 : t.offsets[0];
    v.scale = t.scales.empty() ? 1 : t.scales[0];
    const auto floats = [&](auto element) {
        using E = decltype(element);
        const E* data = static_cast<const E*>(from);
        v.x.resize(n);
        for (std::size_t k = 0; k < n; k++) {
            v.x[k] = static_cast<float>(data[k] + offset);
        }
    };
    const auto ints = [&](auto element) {
        using E = decltype(element);
        const E* data = static_cast<const E*>(from);
        v.i.assign(data, data + n);
    };
    switch (t.type) {
        case UFIXED_8: floats(std::uint8_t{}); break;
        case UFIXED_16: floats(std::uint16_t{}); break;
        case SFIXED_16: floats(std::int16_t{}); break;
        case FLOAT_32: floats(float{}); break;
        case SFIXED_8:
            floats(std::int8_t{});
            if (t.bits == 4) {
                // One value a byte in the low half: bring its sign up.
                for (float& e : v.x) {
                    e = e >= 8 ? e - 16 : e;
                }
            }
            break;
        case INT_32: case SFIXED_32: case UINT_32: ints(std::int32_t{}); break;
        case BOOL_8: case UINT_8: ints(std::uint8_t{}); break;
        default: throw Refusal{UNSUPPORTED, t.print() + ": the test double does not compute with this element type"};
    }
    return v;
}

void limits(std::uint32_t type, double& least, double& most) {
    least = type == SFIXED_8 ? -128 : type == SFIXED_16 ? -32768 : 0;
    most = type == UFIXED_8 ? 255 : type == UFIXED_16 ? 65535 : type == SFIXED_8 ? 127 : 32767;
}

// Reals to the steps of t's encoding.
Value quantize(const Facts& t, const std::vector<double>& reals) {
    Value v;
    v.dims.assign(t.dims.begin(), t.dims.end());
    if (t.type == FLOAT_32) {
        v.x.assign(reals.begin(), reals.end());
        return v;
    }
    double least = 0;
    double most = 0;
    limits(t.type, least, most);
    v.scale = t.scales[0];
    const double offset = t.offsets[0];
    v.x.resize(reals.size());
    for (std::size_t k = 0; k < reals.size(); k++) {
        const double q = std::floor(reals[k] / v.scale + 0.5) - offset;
        v.x[k] = static_cast<float>(std::min(std::max(q, least), most) + offset);
    }
    return v;
}

void encode(const Facts& t, const Value& v, void* to) {
    const std::size_t n = t.elements();
    const double offset = t.offsets.empty() ? 0 : t.offsets[0];
    const auto store = [&](auto element) {
        using E = decltype(element);
        E* data = static_cast<E*>(to);
        for (std::size_t k = 0; k < n; k++) {
            data[k] = whole(t.type) ? static_cast<E>(v.i[k]) : static_cast<E>(v.x[k] - offset);
        }
    };
    switch (t.type) {
        case UFIXED_8: store(std::uint8_t{}); break;
        case UFIXED_16: store(std::uint16_t{}); break;
        case SFIXED_8: store(std::int8_t{}); break;
        case SFIXED_16: store(std::int16_t{}); break;
        case FLOAT_32: std::memcpy(to, v.x.data(), n * sizeof(float)); break;
        case INT_32: case SFIXED_32: case UINT_32: store(std::int32_t{}); break;
        default: store(std::uint8_t{}); break;
    }
}

Dims strides(const Dims& dims) {
    Dims s(dims.size(), 1);
    for (std::size_t a = dims.size(); a-- > 1;) {
        s[a - 1] = s[a] * dims[a];
    }
    return s;
}

// Exact: every product and sum of centred integers fits 53 bits.
double dot(const float* a, const float* b, std::size_t n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    std::size_t k = 0;
    for (; k + 4 <= n; k += 4) {
        s0 += static_cast<double>(a[k]) * b[k];
        s1 += static_cast<double>(a[k + 1]) * b[k + 1];
        s2 += static_cast<double>(a[k + 2]) * b[k + 2];
        s3 += static_cast<double>(a[k + 3]) * b[k + 3];
    }
    for (; k < n; k++) {
        s0 += static_cast<double>(a[k]) * b[k];
    }
    return s0 + s1 + s2 + s3;
}

using Values = std::vector<const Value*>;

class Step {
public:
    Step(const GraphState& graph, const NodeFacts& node, const Values& in) : graph_(graph), node_(node), in_(in) {}

    std::vector<Value> run() {
        const auto found = operations().find(node_.op);
        require(found != operations().end(), UNSUPPORTED, node_.op + ": the test double does not compute this op");
        found->second(*this);
        return std::move(results_);
    }

    static const std::map<std::string, std::function<void(Step&)>>& operations();

private:
    const GraphState& graph_;
    const NodeFacts& node_;
    const Values& in_;
    std::vector<Value> results_;

    const Value& in(std::size_t k) const { return *in_[k]; }
    const Facts& inFacts(std::size_t k) const { return graph_.tensor(node_.inputs[k]); }
    const Facts& outFacts(std::size_t k = 0) const { return graph_.tensor(node_.outputs[k]); }
    Dims outDims(std::size_t k = 0) const { return Dims(outFacts(k).dims.begin(), outFacts(k).dims.end()); }
    std::size_t outElements() const { return outFacts().elements(); }

    std::int64_t number(const char* name, std::int64_t otherwise) const {
        const auto found = node_.params.find(name);
        if (found == node_.params.end()) {
            return otherwise;
        }
        return found->second.type == BOOL_8 ? static_cast<std::int64_t>(found->second.bits & 0xff)
                                            : static_cast<std::int32_t>(found->second.bits & 0xffffffff);
    }
    double real(const char* name, double otherwise) const {
        const auto found = node_.params.find(name);
        if (found == node_.params.end()) {
            return otherwise;
        }
        float value = 0;
        std::memcpy(&value, &found->second.bits, sizeof value);
        return value;
    }
    std::vector<std::int32_t> ints(const char* name, std::vector<std::int32_t> otherwise) const {
        const auto found = node_.params.find(name);
        if (found == node_.params.end()) {
            return otherwise;
        }
        const Facts& t = graph_.tensor(found->second.tensorId);
        std::vector<std::int32_t> values(t.elements());
        std::memcpy(values.data(), t.data.data(), values.size() * 4);
        return values;
    }

    void put(const std::vector<double>& reals) { results_.push_back(quantize(outFacts(results_.size()), reals)); }

    // A result whose elements are those of in[0] in other places: map gives the source of each, or -1 for `fill`.
    template <typename Map>
    void move(const Value& from, const Facts& to, Map map, float fill = 0) {
        Value v;
        v.dims.assign(to.dims.begin(), to.dims.end());
        v.scale = from.scale;
        const std::size_t n = to.elements();
        if (!from.i.empty()) {
            v.i.resize(n);
            for (std::size_t k = 0; k < n; k++) {
                const auto source = static_cast<std::ptrdiff_t>(map(k));
                v.i[k] = source < 0 ? static_cast<std::int32_t>(fill) : from.i[static_cast<std::size_t>(source)];
            }
        } else {
            v.x.resize(n);
            for (std::size_t k = 0; k < n; k++) {
                const auto source = static_cast<std::ptrdiff_t>(map(k));
                v.x[k] = source < 0 ? fill : from.x[static_cast<std::size_t>(source)];
            }
        }
        results_.push_back(std::move(v));
    }

    // Moves by coordinates: at[a] = start[a] + step[a] * index along the axis of the source that axis a comes from.
    void moveByStride(const Dims& start, const Dims& sourceStride) {
        const Dims dims = outDims();
        const Dims s = strides(dims);
        move(in(0), outFacts(), [&](std::size_t k) {
            std::size_t at = 0;
            for (std::size_t a = 0; a < dims.size(); a++) {
                at += start[a] + k / s[a] % dims[a] * sourceStride[a];
            }
            return at;
        });
    }

    // For each element of the result, the element of operand k that broadcasting takes.
    std::function<std::size_t(std::size_t)> broadcast(std::size_t k) const {
        const Dims dims = outDims();
        const Dims s = strides(dims);
        const Dims& own = in(k).dims;
        if (own == dims) {
            return [](std::size_t at) { return at; };
        }
        const Dims t = strides(own);
        const std::size_t skip = dims.size() - own.size();
        return [=](std::size_t at) {
            std::size_t source = 0;
            for (std::size_t a = 0; a < own.size(); a++) {
                source += own[a] == 1 ? 0 : at / s[a + skip] % dims[a + skip] * t[a];
            }
            return source;
        };
    }

    template <typename F>
    void unary(F f) {
        std::vector<double> y(outElements());
        for (std::size_t k = 0; k < y.size(); k++) {
            y[k] = f(in(0).real(k));
        }
        put(y);
    }

    template <typename F>
    void binary(F f) {
        const auto a = broadcast(0);
        const auto b = broadcast(1);
        const bool integers = !in(0).i.empty();
        if (whole(outFacts().type)) {
            Value v;
            v.dims = outDims();
            v.i.resize(outElements());
            for (std::size_t k = 0; k < v.i.size(); k++) {
                // Doubles hold every 32-bit integer, and a division by zero does no harm.
                v.i[k] = static_cast<std::int32_t>(integers ? f(static_cast<double>(in(0).i[a(k)]), static_cast<double>(in(1).i[b(k)]))
                                                            : f(in(0).real(a(k)), in(1).real(b(k))));
            }
            results_.push_back(std::move(v));
            return;
        }
        std::vector<double> y(outElements());
        for (std::size_t k = 0; k < y.size(); k++) {
            y[k] = f(in(0).real(a(k)), in(1).real(b(k)));
        }
        put(y);
    }

    void binaryByNumber();
    void unaryByNumber();
    void neuronByNumber();
    void convolution(bool depthwise);
    void fullyConnected();
    void matMul();
    void softmax();
    void norm(bool centred);
    void transpose();
    void concat();
    void splitParts();
    void slice();
    void gather();
    void scatter();
    void pad();
    void tile();
    void select();
    void cast();
    void convert();
    void reduce(bool mean);
    void pool(bool average);
    void resize(bool linear);

    double scaleOf(const Facts& w, std::size_t channel) const { return w.scales[w.scales.size() == 1 ? 0 : channel]; }
    double biasReal(std::size_t channel) const {
        if (in_.size() < 3) {
            return 0;
        }
        const Facts& b = inFacts(2);
        return b.type == SFIXED_32 ? in(2).i[channel] * scaleOf(b, channel) : in(2).real(channel);
    }
};

double gelu(double x) {
    return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
}

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}

void Step::binaryByNumber() {
    switch (number("operation", -1)) {
        case 0: binary([](auto a, auto b) { return a + b; }); break;
        case 1: binary([](auto a, auto b) { return a != 0 && b != 0; }); break;
        case 2: binary([](auto a, auto b) { return a / b; }); break;
        case 3: binary([](auto a, auto b) { return a == b; }); break;
        case 6: binary([](auto a, auto b) { return a > b; }); break;
        case 7: binary([](auto a, auto b) { return a >= b; }); break;
        case 8: binary([](auto a, auto b) { return a < b; }); break;
        case 9: binary([](auto a, auto b) { return a <= b; }); break;
        case 10: binary([](auto a, auto b) { return std::max(a, b); }); break;
        case 11: binary([](auto a, auto b) { return std::min(a, b); }); break;
        case 13: binary([](auto a, auto b) { return a * b; }); break;
        case 14: binary([](auto a, auto b) { return a != b; }); break;
        case 15: binary([](auto a, auto b) { return a != 0 || b != 0; }); break;
        case 17: binary([](auto a, auto b) { return (a - b) * (a - b); }); break;
        case 18: binary([](auto a, auto b) { return a - b; }); break;
        default: throw Refusal{UNSUPPORTED, "ElementWiseBinary: the test double does not compute operation " + std::to_string(number("operation", -1))};
    }
}

void Step::unaryByNumber() {
    switch (number("operation", -1)) {
        case 0: unary([](double x) { return std::fabs(x); }); break;
        case 4: unary([](double x) { return std::cos(x); }); break;
        case 5: unary([](double x) { return std::exp(x); }); break;
        case 8: unary([](double x) { return -x; }); break;
        case 12: unary([](double x) { return 1 / std::sqrt(x); }); break;
        case 14: unary([](double x) { return std::sin(x); }); break;
        case 15: unary([](double x) { return std::sqrt(x); }); break;
        default: throw Refusal{UNSUPPORTED, "ElementWiseUnary: the test double does not compute operation " + std::to_string(number("operation", -1))};
    }
}

void Step::neuronByNumber() {
    switch (number("operation", -1)) {
        case 1: unary(gelu); break;
        case 3: unary([](double x) { return x * std::min(std::max(x + 3, 0.0), 6.0) / 6; }); break;
        case 4: unary([](double x) { return std::max(x, 0.0); }); break;
        case 5: {
            const double least = real("min_value", 0);
            const double most = real("max_value", 0);
            unary([=](double x) { return std::min(std::max(x, least), most); });
            break;
        }
        case 6: unary(sigmoid); break;
        case 8: unary([](double x) { return std::tanh(x); }); break;
        default: throw Refusal{UNSUPPORTED, "ElementWiseNeuron: the test double does not compute operation " + std::to_string(number("operation", -1))};
    }
}

void Step::convolution(bool depthwise) {
    const Value& x = in(0);
    const Value& w = in(1);
    const Dims y = outDims();
    const std::size_t inChannels = x.dims[3];
    const std::size_t outChannels = w.dims[3];
    const std::size_t groups = depthwise ? inChannels : static_cast<std::size_t>(number("group", 1));
    const std::size_t groupIn = inChannels / groups;
    const std::size_t groupOut = outChannels / groups;
    const auto stride = ints("stride", {});
    const auto pads = ints("pad_amount", {});
    const auto dilation = ints("dilation", {1, 1});
    std::vector<double> reals(outElements());
    std::vector<double> sums(outChannels);
    std::size_t at = 0;
    for (std::size_t b = 0; b < y[0]; b++) {
        for (std::size_t oy = 0; oy < y[1]; oy++) {
            for (std::size_t ox = 0; ox < y[2]; ox++) {
                std::fill(sums.begin(), sums.end(), 0.0);
                for (std::size_t ky = 0; ky < w.dims[0]; ky++) {
                    const std::ptrdiff_t iy = static_cast<std::ptrdiff_t>(oy) * stride[0] + static_cast<std::ptrdiff_t>(ky) * dilation[0] - pads[0];
                    if (iy < 0 || iy >= static_cast<std::ptrdiff_t>(x.dims[1])) {
                        continue;
                    }
                    for (std::size_t kx = 0; kx < w.dims[1]; kx++) {
                        const std::ptrdiff_t ix = static_cast<std::ptrdiff_t>(ox) * stride[1] + static_cast<std::ptrdiff_t>(kx) * dilation[1] - pads[2];
                        if (ix < 0 || ix >= static_cast<std::ptrdiff_t>(x.dims[2])) {
                            continue;
                        }
                        const float* point = &x.x[((b * x.dims[1] + static_cast<std::size_t>(iy)) * x.dims[2] + static_cast<std::size_t>(ix)) * inChannels];
                        const float* taps = &w.x[(ky * w.dims[1] + kx) * groupIn * outChannels];
                        if (groupIn == 1 && groupOut == 1) {
                            for (std::size_t c = 0; c < outChannels; c++) {
                                sums[c] += static_cast<double>(point[c]) * taps[c];
                            }
                            continue;
                        }
                        for (std::size_t g = 0; g < groups; g++) {
                            for (std::size_t ci = 0; ci < groupIn; ci++) {
                                const double value = point[g * groupIn + ci];
                                const float* row = taps + ci * outChannels + g * groupOut;
                                double* sum = &sums[g * groupOut];
                                for (std::size_t co = 0; co < groupOut; co++) {
                                    sum[co] += value * row[co];
                                }
                            }
                        }
                    }
                }
                for (std::size_t c = 0; c < outChannels; c++) {
                    reals[at++] = sums[c] * (x.scale * scaleOf(inFacts(1), c)) + biasReal(c);
                }
            }
        }
    }
    put(reals);
}

void Step::fullyConnected() {
    const Value& x = in(0);
    const Value& w = in(1);
    const std::size_t inner = w.dims[1];
    const std::size_t rows = x.elements() / inner;
    std::vector<double> reals(rows * w.dims[0]);
    // A weight row is read once for all rows of x.
    for (std::size_t m = 0; m < w.dims[0]; m++) {
        const double scale = x.scale * scaleOf(inFacts(1), m);
        const double bias = biasReal(m);
        for (std::size_t r = 0; r < rows; r++) {
            reals[r * w.dims[0] + m] = dot(&x.x[r * inner], &w.x[m * inner], inner) * scale + bias;
        }
    }
    put(reals);
}

void Step::matMul() {
    const bool turnA = number("transpose_in0", 0) != 0;
    const bool turnB = number("transpose_in1", 0) != 0;
    const Value& a = in(0);
    const Value& b = in(1);
    const std::size_t m = a.dims[a.dims.size() - (turnA ? 1 : 2)];
    const std::size_t k = a.dims[a.dims.size() - (turnA ? 2 : 1)];
    const std::size_t n = b.dims[b.dims.size() - (turnB ? 2 : 1)];
    const Dims y = outDims();
    const Dims outer(y.begin(), y.end() - 2);
    const Dims s = strides(outer);
    const auto base = [&](const Value& v, std::size_t at, std::size_t block) {
        const Dims own(v.dims.begin(), v.dims.end() - 2);
        const Dims t = strides(own);
        const std::size_t skip = outer.size() - own.size();
        std::size_t index = 0;
        for (std::size_t d = 0; d < own.size(); d++) {
            index += own[d] == 1 ? 0 : at / s[d + skip] % outer[d + skip] * t[d];
        }
        return index * block;
    };
    std::vector<double> reals(outElements());
    std::vector<float> row(k);
    std::vector<double> sums(n);
    const std::size_t blocks = reals.size() / (m * n);
    for (std::size_t block = 0; block < blocks; block++) {
        const float* pa = &a.x[base(a, block, m * k)];
        const float* pb = &b.x[base(b, block, k * n)];
        for (std::size_t r = 0; r < m; r++) {
            for (std::size_t c = 0; c < k; c++) {
                row[c] = turnA ? pa[c * m + r] : pa[r * k + c];
            }
            std::fill(sums.begin(), sums.end(), 0.0);
            if (turnB) {
                for (std::size_t c = 0; c < n; c++) {
                    sums[c] = dot(row.data(), pb + c * k, k);
                }
            } else {
                for (std::size_t c = 0; c < k; c++) {
                    const double value = row[c];
                    for (std::size_t d = 0; d < n; d++) {
                        sums[d] += value * pb[c * n + d];
                    }
                }
            }
            for (std::size_t c = 0; c < n; c++) {
                reals[(block * m + r) * n + c] = sums[c] * (a.scale * scaleOf(inFacts(1), c)) + biasReal(c);
            }
        }
    }
    put(reals);
}

void Step::softmax() {
    const Value& x = in(0);
    const std::size_t n = x.dims.back();
    const double beta = real("beta", 1);
    std::vector<double> y(x.elements());
    for (std::size_t row = 0; row < y.size(); row += n) {
        double greatest = x.real(row);
        for (std::size_t k = 0; k < n; k++) {
            greatest = std::max(greatest, x.real(row + k));
        }
        double sum = 0;
        for (std::size_t k = 0; k < n; k++) {
            y[row + k] = std::exp(beta * (x.real(row + k) - greatest));
            sum += y[row + k];
        }
        for (std::size_t k = 0; k < n; k++) {
            y[row + k] /= sum;
        }
    }
    put(y);
}

void Step::norm(bool centred) {
    const Value& x = in(0);
    const std::size_t n = x.dims.back();
    const double epsilon = real("epsilon", centred ? 1e-3 : 1e-6);
    std::vector<double> y(x.elements());
    for (std::size_t row = 0; row < y.size(); row += n) {
        double mean = 0;
        for (std::size_t k = 0; centred && k < n; k++) {
            mean += x.real(row + k) / static_cast<double>(n);
        }
        double squares = 0;
        for (std::size_t k = 0; k < n; k++) {
            const double d = x.real(row + k) - mean;
            squares += d * d;
        }
        const double factor = 1 / std::sqrt(squares / static_cast<double>(n) + epsilon);
        for (std::size_t k = 0; k < n; k++) {
            const double gain = in_.size() > 1 ? in(1).real(k) : 1;
            y[row + k] = (x.real(row + k) - mean) * factor * gain + biasReal(k);
        }
    }
    put(y);
}

void Step::transpose() {
    const auto perm = ints("perm", {});
    const Dims s = strides(in(0).dims);
    Dims source;
    for (const std::int32_t p : perm) {
        source.push_back(s[static_cast<std::size_t>(p)]);
    }
    moveByStride(Dims(perm.size(), 0), source);
}

void Step::concat() {
    const Dims y = outDims();
    const auto a = static_cast<std::size_t>(number("axis", static_cast<std::int64_t>(y.size()) - 1));
    const std::size_t inner = strides(y)[a];
    const std::size_t outer = outElements() / (inner * y[a]);
    const bool integers = !in(0).i.empty();
    Value v;
    v.dims = y;
    std::vector<double> reals(integers ? 0 : outElements());
    v.i.resize(integers ? outElements() : 0);
    std::size_t from = 0;
    for (std::size_t p = 0; p < in_.size(); p++) {
        const std::size_t part = in(p).dims[a] * inner;
        for (std::size_t o = 0; o < outer; o++) {
            for (std::size_t k = 0; k < part; k++) {
                if (integers) {
                    v.i[o * y[a] * inner + from + k] = in(p).i[o * part + k];
                } else {
                    reals[o * y[a] * inner + from + k] = in(p).real(o * part + k);
                }
            }
        }
        from += part;
    }
    if (integers) {
        results_.push_back(std::move(v));
    } else {
        put(reals);
    }
}

void Step::splitParts() {
    const Dims& x = in(0).dims;
    const auto a = static_cast<std::size_t>(number("axis", 0));
    const std::size_t inner = strides(x)[a];
    std::size_t from = 0;
    for (std::size_t p = 0; p < node_.outputs.size(); p++) {
        const std::size_t part = outFacts(p).dims[a] * inner;
        move(in(0), outFacts(p), [&](std::size_t k) { return k / part * x[a] * inner + from + k % part; });
        from += part;
    }
}

void Step::slice() {
    const auto ranges = ints("ranges", {});
    const Dims s = strides(in(0).dims);
    Dims start;
    Dims source;
    for (std::size_t a = 0; a < s.size(); a++) {
        start.push_back(static_cast<std::size_t>(ranges[3 * a]) * s[a]);
        source.push_back(static_cast<std::size_t>(ranges[3 * a + 2]) * s[a]);
    }
    moveByStride(start, source);
}

void Step::gather() {
    const Dims& x = in(0).dims;
    const auto a = static_cast<std::size_t>(number("axis", 0));
    const std::size_t inner = strides(x)[a];
    const std::vector<std::int32_t>& indices = in(1).i;
    for (const std::int32_t i : indices) {
        require(i >= 0 && static_cast<std::size_t>(i) < x[a], GRAPH_ARGUMENT, node_.name + ": index " + std::to_string(i) + " of " + std::to_string(x[a]));
    }
    move(in(0), outFacts(), [&](std::size_t k) {
        const std::size_t row = k / inner;
        const auto index = static_cast<std::size_t>(indices[row % indices.size()]);
        return (row / indices.size() * x[a] + index) * inner + k % inner;
    });
}

void Step::scatter() {
    const Dims& x = in(0).dims;
    const std::size_t depth = in(1).dims.back();
    const Dims s = strides(x);
    const std::size_t block = s[depth - 1];
    Value v = in(0);
    const std::int64_t reduction = number("reduction", 0);
    require(reduction == 0, UNSUPPORTED, "ScatterNd: the test double computes reduction 0");
    const std::size_t rows = in(1).elements() / depth;
    for (std::size_t r = 0; r < rows; r++) {
        std::size_t at = 0;
        for (std::size_t d = 0; d < depth; d++) {
            const std::int32_t index = in(1).i[r * depth + d];
            require(index >= 0 && static_cast<std::size_t>(index) < x[d], GRAPH_ARGUMENT, node_.name + ": index " + std::to_string(index) + " of "
                    + std::to_string(x[d]));
            at += static_cast<std::size_t>(index) * s[d];
        }
        for (std::size_t k = 0; k < block; k++) {
            if (v.i.empty()) {
                v.x[at + k] = in(2).x[r * block + k];
            } else {
                v.i[at + k] = in(2).i[r * block + k];
            }
        }
    }
    results_.push_back(std::move(v));
}

void Step::pad() {
    require(number("scheme", 0) == 0, UNSUPPORTED, "Pad: the test double computes scheme CONSTANT");
    const auto amount = ints("pad_amount", {});
    const Dims& x = in(0).dims;
    const Dims y = outDims();
    const Dims s = strides(y);
    const Dims t = strides(x);
    const double offset = inFacts(0).offsets.empty() ? 0 : inFacts(0).offsets[0];
    move(in(0), outFacts(), [&](std::size_t k) {
        std::ptrdiff_t at = 0;
        for (std::size_t a = 0; a < y.size(); a++) {
            const std::ptrdiff_t i = static_cast<std::ptrdiff_t>(k / s[a] % y[a]) - amount[2 * a];
            if (i < 0 || i >= static_cast<std::ptrdiff_t>(x[a])) {
                return std::ptrdiff_t{-1};
            }
            at += i * static_cast<std::ptrdiff_t>(t[a]);
        }
        return at;
    }, static_cast<float>(static_cast<double>(number("pad_constant_value", 0)) + offset));
}

void Step::tile() {
    const Dims& x = in(0).dims;
    const Dims y = outDims();
    const Dims s = strides(y);
    const Dims t = strides(x);
    move(in(0), outFacts(), [&](std::size_t k) {
        std::size_t at = 0;
        for (std::size_t a = 0; a < y.size(); a++) {
            at += k / s[a] % y[a] % x[a] * t[a];
        }
        return at;
    });
}

void Step::select() {
    const auto c = broadcast(0);
    const auto a = broadcast(1);
    const auto b = broadcast(2);
    const auto holds = [&](std::size_t k) { return in(0).i.empty() ? in(0).x[k] != 0 : in(0).i[k] != 0; };
    if (!in(1).i.empty()) {
        Value v;
        v.dims = outDims();
        for (std::size_t k = 0; k < outElements(); k++) {
            v.i.push_back(holds(c(k)) ? in(1).i[a(k)] : in(2).i[b(k)]);
        }
        results_.push_back(std::move(v));
        return;
    }
    std::vector<double> y(outElements());
    for (std::size_t k = 0; k < y.size(); k++) {
        y[k] = holds(c(k)) ? in(1).real(a(k)) : in(2).real(b(k));
    }
    put(y);
}

// Cast takes the stored number, not what it stands for.
void Step::cast() {
    const double from = inFacts(0).offsets.empty() ? 0 : inFacts(0).offsets[0];
    const double to = outFacts().offsets.empty() ? 0 : outFacts().offsets[0];
    Value v;
    v.dims = outDims();
    v.scale = outFacts().scales.empty() ? 1 : outFacts().scales[0];
    for (std::size_t k = 0; k < outElements(); k++) {
        const double stored = in(0).i.empty() ? in(0).x[k] - from : in(0).i[k];
        if (whole(outFacts().type)) {
            v.i.push_back(outFacts().type == BOOL_8 ? stored != 0 : static_cast<std::int32_t>(stored));
        } else {
            v.x.push_back(static_cast<float>(stored + to));
        }
    }
    results_.push_back(std::move(v));
}

void Step::convert() {
    if (!in(0).i.empty()) {
        std::vector<double> y(in(0).i.begin(), in(0).i.end());
        put(y);
        return;
    }
    unary([](double x) { return x; });
}

void Step::reduce(bool mean) {
    const Dims& x = in(0).dims;
    const Dims s = strides(x);
    Dims kept = x;
    std::size_t count = 1;
    for (const std::int32_t a : ints("axes", {})) {
        count *= x[static_cast<std::size_t>(a)];
        kept[static_cast<std::size_t>(a)] = 1;
    }
    const Dims t = strides(kept);
    std::vector<double> y(outElements(), 0.0);
    for (std::size_t k = 0; k < in(0).elements(); k++) {
        std::size_t at = 0;
        for (std::size_t a = 0; a < x.size(); a++) {
            at += kept[a] == 1 ? 0 : k / s[a] % x[a] * t[a];
        }
        y[at] += in(0).x[k];
    }
    for (double& v : y) {
        v *= in(0).scale / (mean ? static_cast<double>(count) : 1);
    }
    put(y);
}

void Step::pool(bool average) {
    const auto filter = ints("filter_size", {});
    const auto stride = ints("stride", {});
    const auto pads = ints("pad_amount", {});
    const bool countAll = number("count_pad_for_edges", 0) != 0;
    const Value& x = in(0);
    const Dims y = outDims();
    std::vector<double> reals(outElements());
    std::size_t at = 0;
    for (std::size_t b = 0; b < y[0]; b++) {
        for (std::size_t oy = 0; oy < y[1]; oy++) {
            for (std::size_t ox = 0; ox < y[2]; ox++) {
                for (std::size_t c = 0; c < y[3]; c++) {
                    double sum = 0;
                    double most = -INFINITY;
                    int inside = 0;
                    for (int ky = 0; ky < filter[0]; ky++) {
                        for (int kx = 0; kx < filter[1]; kx++) {
                            const std::ptrdiff_t iy = static_cast<std::ptrdiff_t>(oy) * stride[0] + ky - pads[0];
                            const std::ptrdiff_t ix = static_cast<std::ptrdiff_t>(ox) * stride[1] + kx - pads[2];
                            if (iy >= 0 && ix >= 0 && iy < static_cast<std::ptrdiff_t>(x.dims[1]) && ix < static_cast<std::ptrdiff_t>(x.dims[2])) {
                                const double value = x.real(((b * x.dims[1] + static_cast<std::size_t>(iy)) * x.dims[2] + static_cast<std::size_t>(ix)) * x.dims[3] + c);
                                sum += value;
                                most = std::max(most, value);
                                inside++;
                            }
                        }
                    }
                    reals[at++] = average ? sum / (countAll ? filter[0] * filter[1] : inside) : most;
                }
            }
        }
    }
    put(reals);
}

void Step::resize(bool linear) {
    const bool corners = number("align_corners", 0) != 0;
    const bool half = number("half_pixel_centers", 0) != 0;
    const Value& x = in(0);
    const Dims y = outDims();
    const auto source = [&](std::size_t axis, std::size_t at) {
        const auto from = static_cast<double>(x.dims[axis]);
        const auto to = static_cast<double>(y[axis]);
        const auto i = static_cast<double>(at);
        const double factor = corners && to > 1 ? (from - 1) / (to - 1) : from / to;
        return half ? std::max((i + 0.5) * factor - (linear ? 0.5 : 0), 0.0) : i * factor;
    };
    const auto element = [&](std::size_t b, std::size_t h, std::size_t w, std::size_t c) {
        return x.real(((b * x.dims[1] + std::min(h, x.dims[1] - 1)) * x.dims[2] + std::min(w, x.dims[2] - 1)) * x.dims[3] + c);
    };
    std::vector<double> reals;
    reals.reserve(outElements());
    for (std::size_t b = 0; b < y[0]; b++) {
        for (std::size_t h = 0; h < y[1]; h++) {
            for (std::size_t w = 0; w < y[2]; w++) {
                const double sh = source(1, h);
                const double sw = source(2, w);
                const auto h0 = static_cast<std::size_t>(corners && !linear ? std::floor(sh + 0.5) : sh);
                const auto w0 = static_cast<std::size_t>(corners && !linear ? std::floor(sw + 0.5) : sw);
                for (std::size_t c = 0; c < y[3]; c++) {
                    if (!linear) {
                        reals.push_back(element(b, h0, w0, c));
                        continue;
                    }
                    const double fh = sh - static_cast<double>(h0);
                    const double fw = sw - static_cast<double>(w0);
                    reals.push_back((element(b, h0, w0, c) * (1 - fw) + element(b, h0, w0 + 1, c) * fw) * (1 - fh)
                            + (element(b, h0 + 1, w0, c) * (1 - fw) + element(b, h0 + 1, w0 + 1, c) * fw) * fh);
                }
            }
        }
    }
    put(reals);
}

const std::map<std::string, std::function<void(Step&)>>& Step::operations() {
    static const std::map<std::string, std::function<void(Step&)>> all = {
            {"Conv2d", [](Step& s) { s.convolution(false); }},
            {"DepthWiseConv2d", [](Step& s) { s.convolution(true); }},
            {"FullyConnected", [](Step& s) { s.fullyConnected(); }},
            {"MatMul", [](Step& s) { s.matMul(); }},
            {"ElementWiseAdd", [](Step& s) { s.binary([](auto a, auto b) { return a + b; }); }},
            {"ElementWiseSubtract", [](Step& s) { s.binary([](auto a, auto b) { return a - b; }); }},
            {"ElementWiseMultiply", [](Step& s) { s.binary([](auto a, auto b) { return a * b; }); }},
            {"ElementWiseDivide", [](Step& s) { s.binary([](auto a, auto b) { return a / b; }); }},
            {"ElementWiseMaximum", [](Step& s) { s.binary([](auto a, auto b) { return std::max(a, b); }); }},
            {"ElementWiseMinimum", [](Step& s) { s.binary([](auto a, auto b) { return std::min(a, b); }); }},
            {"ElementWiseEqual", [](Step& s) { s.binary([](auto a, auto b) { return a == b; }); }},
            {"ElementWiseGreater", [](Step& s) { s.binary([](auto a, auto b) { return a > b; }); }},
            {"ElementWiseLess", [](Step& s) { s.binary([](auto a, auto b) { return a < b; }); }},
            {"ElementWiseBinary", [](Step& s) { s.binaryByNumber(); }},
            {"ElementWiseUnary", [](Step& s) { s.unaryByNumber(); }},
            {"ElementWiseNeuron", [](Step& s) { s.neuronByNumber(); }},
            {"ElementWiseSelect", [](Step& s) { s.select(); }},
            {"Relu", [](Step& s) { s.unary([](double x) { return std::max(x, 0.0); }); }},
            {"ReluMinMax", [](Step& s) {
                 const double least = s.real("min_value", 0);
                 const double most = s.real("max_value", 0);
                 s.unary([=](double x) { return std::min(std::max(x, least), most); });
             }},
            {"Gelu", [](Step& s) { s.unary(gelu); }},
            {"Sigmoid", [](Step& s) { s.unary(sigmoid); }},
            {"Tanh", [](Step& s) { s.unary([](double x) { return std::tanh(x); }); }},
            {"HardSwish", [](Step& s) { s.unary([](double x) { return x * std::min(std::max(x + 3, 0.0), 6.0) / 6; }); }},
            {"Softmax", [](Step& s) { s.softmax(); }},
            {"RmsNorm", [](Step& s) { s.norm(false); }},
            {"LayerNorm", [](Step& s) { s.norm(true); }},
            {"Reshape", [](Step& s) { s.move(s.in(0), s.outFacts(), [](std::size_t k) { return k; }); }},
            {"ExpandDims", [](Step& s) { s.move(s.in(0), s.outFacts(), [](std::size_t k) { return k; }); }},
            {"Squeeze", [](Step& s) { s.move(s.in(0), s.outFacts(), [](std::size_t k) { return k; }); }},
            {"Transpose", [](Step& s) { s.transpose(); }},
            {"Concat", [](Step& s) { s.concat(); }},
            {"Split", [](Step& s) { s.splitParts(); }},
            {"StridedSlice", [](Step& s) { s.slice(); }},
            {"Gather", [](Step& s) { s.gather(); }},
            {"ScatterNd", [](Step& s) { s.scatter(); }},
            {"Pad", [](Step& s) { s.pad(); }},
            {"Tile", [](Step& s) { s.tile(); }},
            {"Cast", [](Step& s) { s.cast(); }},
            {"Convert", [](Step& s) { s.convert(); }},
            {"Quantize", [](Step& s) { s.convert(); }},
            {"Dequantize", [](Step& s) { s.convert(); }},
            {"ReduceMean", [](Step& s) { s.reduce(true); }},
            {"ReduceSum", [](Step& s) { s.reduce(false); }},
            {"PoolAvg2d", [](Step& s) { s.pool(true); }},
            {"PoolMax2d", [](Step& s) { s.pool(false); }},
            {"ResizeBilinear", [](Step& s) { s.resize(true); }},
            {"ResizeNearestNeighbor", [](Step& s) { s.resize(false); }},
    };
    return all;
}

}  // namespace

bool computes(const std::string& op) {
    return Step::operations().count(op) == 1;
}

struct Machine::Inner {
    const GraphState& graph;
    // Static tensors by id, decoded once.
    std::map<std::uint32_t, Value> constants;
    // Index of the last node that reads each tensor.
    std::map<std::uint32_t, std::size_t> lastUse;
};

Machine::Machine(const GraphState& graph) : inner_(new Inner{graph, {}, {}}) {
    for (std::size_t k = 0; k < graph.nodes.size(); k++) {
        for (const std::uint32_t id : graph.nodes[k].inputs) {
            const Facts& t = graph.tensor(id);
            if (t.kind == STATIC && inner_->constants.count(id) == 0) {
                inner_->constants.emplace(id, decode(t, t.data.data()));
            }
            inner_->lastUse[id] = k;
        }
    }
}

Machine::~Machine() = default;

void Machine::run(const std::map<std::uint32_t, const void*>& inputs, const std::map<std::uint32_t, void*>& outputs) {
    const GraphState& graph = inner_->graph;
    std::map<std::uint32_t, Value> values;
    for (const auto& input : inputs) {
        values.emplace(input.first, decode(graph.tensor(input.first), input.second));
    }
    for (std::size_t k = 0; k < graph.nodes.size(); k++) {
        const NodeFacts& node = graph.nodes[k];
        Values operands;
        for (const std::uint32_t id : node.inputs) {
            const auto constant = inner_->constants.find(id);
            operands.push_back(constant != inner_->constants.end() ? &constant->second : &values.at(id));
        }
        std::vector<Value> results = Step(graph, node, operands).run();
        for (std::size_t r = 0; r < results.size(); r++) {
            const std::uint32_t id = node.outputs[r];
            const auto output = outputs.find(id);
            if (output != outputs.end()) {
                encode(graph.tensor(id), results[r], output->second);
            }
            values[id] = std::move(results[r]);
        }
        for (const std::uint32_t id : node.inputs) {
            if (inner_->lastUse.at(id) == k) {
                values.erase(id);
            }
        }
    }
}

}  // namespace conformance
