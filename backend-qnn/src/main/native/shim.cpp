#include "shim.h"

#include "abi.hpp"

#include <dlfcn.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

using namespace autoneural::qnn;

namespace {

struct Failure {
    std::string call;
    Result code = 0;
    std::string detail;
};
thread_local Failure failure;
std::atomic<int64_t> live{0};

// The library's log callback carries no pointer of ours, so its lines can only go to one place a process.
struct Log {
    std::mutex mutex;
    std::deque<std::string> lines;
};
Log& logLines() {
    static Log log;
    return log;
}
constexpr std::size_t LOG_LINES = 8;
constexpr std::uint32_t LOG_WARN = 2;

void logLine(const char* format, std::uint32_t level, std::uint64_t, std::va_list values) {
    char line[512];
    std::vsnprintf(line, sizeof line, format, values);
    if (level > LOG_WARN) {
        std::fprintf(stderr, "qnn: %s\n", line);
        return;
    }
    Log& log = logLines();
    std::lock_guard<std::mutex> lock(log.mutex);
    log.lines.emplace_back(line);
    if (log.lines.size() > LOG_LINES) {
        log.lines.pop_front();
    }
}

std::string takeLog() {
    Log& log = logLines();
    std::lock_guard<std::mutex> lock(log.mutex);
    std::string text;
    for (const std::string& line : log.lines) {
        text += (text.empty() ? "" : " | ") + line;
    }
    log.lines.clear();
    return text;
}

// Counts itself while it lives.
struct Object {
    Object() { live++; }
    ~Object() { live--; }
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;
};

void fail(const char* call, const std::string& detail) {
    failure = {call, 0, detail};
}

std::string text(const char* s) {
    return s == nullptr ? "" : s;
}

std::string versionText(const Version& v) {
    return std::to_string(v.major) + "." + std::to_string(v.minor) + "." + std::to_string(v.patch);
}

// A library that stays open as long as the object.
class Library {
public:
    bool open(const char* path) {
        handle_ = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (handle_ == nullptr) {
            fail("open", text(dlerror()));
        }
        return handle_ != nullptr;
    }
    void* symbol(const char* name) {
        void* found = dlsym(handle_, name);
        if (found == nullptr) {
            fail("open", std::string("no function ") + name + ": this is no such QNN library");
        }
        return found;
    }
    ~Library() {
        if (handle_ != nullptr) {
            dlclose(handle_);
        }
    }

private:
    void* handle_ = nullptr;
};

// The newest provider of the list whose version serves us; NULL with the versions found otherwise.
template <typename P, typename VersionOf>
const P* choose(const P** list, std::uint32_t count, VersionOf versionOf, std::uint32_t major, std::uint32_t minor, const char* what) {
    const P* best = nullptr;
    std::string found;
    for (std::uint32_t i = 0; i < count; i++) {
        const Version v = versionOf(*list[i]);
        found += (i == 0 ? "" : ", ") + versionText(v);
        if (v.major == major && v.minor >= minor && (best == nullptr || v.minor > versionOf(*best).minor)) {
            best = list[i];
        }
    }
    if (best == nullptr) {
        fail("version", std::string(what) + " found: " + (found.empty() ? "none" : found) + "; needed: " + std::to_string(major) + "."
                + std::to_string(minor) + " or a later " + std::to_string(major) + ".x");
    }
    return best;
}

}  // namespace

struct aqnn_backend : Object {
    Library library;
    const Provider* provider = nullptr;
    std::string buildId;
    Handle log = nullptr;
    Handle backend = nullptr;
    Handle device = nullptr;

    const Functions& f() const { return provider->functions; }

    // Notes what the library says to a result that is not 0.
    bool ok(const char* call, Result result) const {
        // The recorder answers so where it has nothing true to say.
        if (result == 0 || (provider->backendId == SAVER_ID && (result & 0xffff) == SAVER_RECORDED)) {
            return true;
        }
        std::string detail;
        const char* message = nullptr;
        if (f().errorGetVerboseMessage != nullptr && f().errorGetVerboseMessage(result, &message) == 0 && message != nullptr) {
            detail = message;
            if (f().errorFreeVerboseMessage != nullptr) {
                f().errorFreeVerboseMessage(message);
            }
        } else if (f().errorGetMessage != nullptr && f().errorGetMessage(result, &message) == 0) {
            detail = text(message);
        }
        const std::string lines = takeLog();
        failure = {call, result & 0xffff, lines.empty() ? detail : detail.empty() ? lines : detail + " | " + lines};
        return false;
    }

    // Calls a function whose slot may be empty.
    template <typename F, typename... A>
    bool call(const char* name, F function, A... arguments) const {
        if (function == nullptr) {
            fail(name, "this library leaves the function out");
            return false;
        }
        return ok(name, function(arguments...));
    }
};

#define CALL(backend, function, ...) (backend)->call(#function, (backend)->f().function, __VA_ARGS__)

struct aqnn_profile : Object {
    struct Event {
        std::uint64_t numbers[4];
        std::string identifier;
    };
    aqnn_backend* backend = nullptr;
    Handle handle = nullptr;
    std::vector<Event> events;
};

namespace {

Handle handleOf(const aqnn_profile* profile) {
    return profile == nullptr ? nullptr : profile->handle;
}

// A tensor with copies of all that it points to.
struct OwnTensor {
    Tensor tensor{};
    std::string name;
    std::vector<std::uint32_t> dims;
    std::vector<ScaleOffset> entries;
    std::vector<float> scales;
    std::vector<std::int32_t> offsets;
    std::vector<unsigned char> data;

    OwnTensor() = default;
    OwnTensor(const OwnTensor&) = delete;
    OwnTensor& operator=(const OwnTensor&) = delete;

    void undefined() {
        tensor = {};
        tensor.version = 1;
        tensor.quantization.definition = UNDEFINED;
        tensor.quantization.encoding = UNDEFINED;
        tensor.memory = RAW;
    }

    void point() {
        tensor.name = name.c_str();
        tensor.rank = static_cast<std::uint32_t>(dims.size());
        tensor.dims = dims.data();
    }

    // The library's own structure goes away with its system context.
    void copy(const Tensor& other) {
        undefined();
        tensor.id = other.id;
        tensor.kind = other.kind;
        tensor.format = other.format;
        tensor.type = other.type;
        name = text(other.name);
        dims.assign(other.dims, other.dims + other.rank);
        const Quantization& q = other.quantization;
        // Inputs and outputs have one scale, or none.
        if (q.definition == DEFINED && q.encoding == SCALE_OFFSET) {
            tensor.quantization.definition = q.definition;
            tensor.quantization.encoding = q.encoding;
            tensor.quantization.tensor = q.tensor;
        }
        point();
    }
};

using Tensors = std::vector<std::unique_ptr<OwnTensor>>;

struct GraphFacts {
    std::string name;
    Tensors tensors[2];
};

}  // namespace

struct aqnn_graph : Object {
    aqnn_context* context = nullptr;
    Handle handle = nullptr;
    Tensors tensors;
    std::deque<std::string> paramNames;
    std::vector<Param> params;
};

struct aqnn_context : Object {
    aqnn_backend* backend = nullptr;
    Handle handle = nullptr;
    std::vector<std::unique_ptr<aqnn_graph>> graphs;
};

struct aqnn_info : Object {
    std::uint32_t numbers[15] = {};
    std::string texts[3];
    std::vector<GraphFacts> graphs;
};

struct aqnn_execution : Object {
    aqnn_context* context = nullptr;
    Handle handle = nullptr;
    Tensors own[2];
    std::vector<Tensor> tensors[2];
};

const char* aqnn_error_call(void) {
    return failure.call.c_str();
}

uint64_t aqnn_error_code(void) {
    return failure.code;
}

const char* aqnn_error_detail(void) {
    return failure.detail.c_str();
}

int64_t aqnn_live_objects(void) {
    return live;
}

// ---- back end ----

namespace {

bool recordTo(Library& library, const char* folder) {
    void* symbol = library.symbol("QnnSaver_initialize");
    if (symbol == nullptr) {
        return false;
    }
    SaverConfig where{};
    where.option = SAVER_FOLDER;
    where.folder = folder;
    SaverConfig as{};
    as.option = SAVER_BACKEND;
    as.backendId = HTP_ID;
    const SaverConfig* configs[] = {&where, &as, nullptr};
    const Result result = reinterpret_cast<SaverInitialize>(symbol)(configs);
    if (result != 0) {
        failure = {"saverInitialize", result & 0xffff, std::string("recording to ") + folder};
    }
    return result == 0;
}

bool createDevice(aqnn_backend* b, std::uint32_t soc, std::uint32_t arch, std::uint32_t vtcmMb, bool offline) {
    HtpDeviceInfo chip{};
    chip.chip.vtcmMegabytes = vtcmMb;
    chip.chip.soc = soc;
    chip.chip.dlbc = true;
    chip.chip.arch = arch;
    Core core{};
    core.version = 1;
    HardwareDevice hardware{};
    hardware.version = 1;
    hardware.coreCount = 1;
    hardware.cores = &core;
    hardware.extension = &chip;
    PlatformInfo platform{};
    platform.version = 1;
    platform.deviceCount = 1;
    platform.devices = &hardware;
    HtpDeviceConfig named{};
    named.option = HTP_DEVICE_SOC;
    named.soc = soc;
    named.socLater = soc;
    Config config{};
    config.option = offline ? DEVICE_PLATFORM : DEVICE_CUSTOM;
    config.custom = offline ? static_cast<void*>(&platform) : &named;
    const Config* configs[] = {&config, nullptr};
    return CALL(b, deviceCreate, b->log, static_cast<const Config**>(configs), &b->device);
}

bool open(aqnn_backend* b, const char* path, const char* saver, std::uint32_t soc, std::uint32_t arch, std::uint32_t vtcmMb, bool offline,
        std::uint32_t logLevel) {
    if (!b->library.open(path)) {
        return false;
    }
    void* symbol = b->library.symbol("QnnInterface_getProviders");
    if (symbol == nullptr) {
        return false;
    }
    const Provider** list = nullptr;
    std::uint32_t count = 0;
    const Result result = reinterpret_cast<GetProviders>(symbol)(&list, &count);
    if (result != 0) {
        failure = {"interfaceGetProviders", result & 0xffff, ""};
        return false;
    }
    b->provider = choose(list, list == nullptr ? 0 : count, [](const Provider& p) { return p.core; }, CORE_MAJOR, CORE_MINOR, "QNN core API");
    if (b->provider == nullptr) {
        return false;
    }
    if (saver[0] != 0 && !recordTo(b->library, saver)) {
        return false;
    }
    const char* id = nullptr;
    if (!CALL(b, backendGetBuildId, &id)) {
        return false;
    }
    b->buildId = text(id);
    return CALL(b, logCreate, &logLine, logLevel, &b->log)
            && CALL(b, backendCreate, b->log, static_cast<const Config**>(nullptr), &b->backend)
            && createDevice(b, soc, arch, vtcmMb, offline);
}

}  // namespace

aqnn_backend* aqnn_backend_open(const char* library, const char* saver_folder, uint32_t soc, uint32_t arch, uint32_t vtcm_mb, int offline,
        int log_level) {
    takeLog();
    auto* b = new aqnn_backend;
    if (open(b, library, saver_folder, soc, arch, vtcm_mb, offline != 0, static_cast<std::uint32_t>(log_level))) {
        return b;
    }
    const Failure first = failure;
    aqnn_backend_free(b);
    failure = first;
    return nullptr;
}

int aqnn_backend_free(aqnn_backend* b) {
    bool good = true;
    if (b->device != nullptr) {
        good &= CALL(b, deviceFree, b->device);
    }
    if (b->backend != nullptr) {
        good &= CALL(b, backendFree, b->backend);
    }
    if (b->log != nullptr) {
        good &= CALL(b, logFree, b->log);
    }
    delete b;
    return good ? 0 : -1;
}

uint32_t aqnn_backend_number(aqnn_backend* b, int which) {
    const Version& core = b->provider->core;
    const Version& own = b->provider->backend;
    const std::uint32_t numbers[] = {b->provider->backendId, core.major, core.minor, core.patch, own.major, own.minor, own.patch};
    return numbers[which];
}

const char* aqnn_backend_text(aqnn_backend* b, int which) {
    return which == 0 ? (b->provider->name == nullptr ? "" : b->provider->name) : b->buildId.c_str();
}

// ---- profile ----

aqnn_profile* aqnn_profile_create(aqnn_backend* backend, int level) {
    auto profile = std::make_unique<aqnn_profile>();
    profile->backend = backend;
    if (!CALL(backend, profileCreate, backend->backend, static_cast<std::uint32_t>(level), &profile->handle)) {
        return nullptr;
    }
    return profile.release();
}

int aqnn_profile_free(aqnn_profile* profile) {
    const bool good = CALL(profile->backend, profileFree, profile->handle);
    delete profile;
    return good ? 0 : -1;
}

namespace {

bool fetch(aqnn_profile* profile, const std::uint64_t* ids, std::uint32_t count, std::uint64_t depth) {
    const aqnn_backend* b = profile->backend;
    for (std::uint32_t i = 0; i < count; i++) {
        EventData data{};
        if (!CALL(b, profileGetEventData, ids[i], &data)) {
            return false;
        }
        profile->events.push_back({{data.type, data.unit, data.value, depth}, text(data.identifier)});
        const std::uint64_t* children = nullptr;
        std::uint32_t childCount = 0;
        if (!CALL(b, profileGetSubEvents, ids[i], &children, &childCount) || !fetch(profile, children, childCount, depth + 1)) {
            return false;
        }
    }
    return true;
}

}  // namespace

int aqnn_profile_fetch(aqnn_profile* profile) {
    profile->events.clear();
    const std::uint64_t* ids = nullptr;
    std::uint32_t count = 0;
    if (!CALL(profile->backend, profileGetEvents, profile->handle, &ids, &count) || !fetch(profile, ids, count, 0)) {
        return -1;
    }
    return static_cast<int>(profile->events.size());
}

uint64_t aqnn_profile_number(aqnn_profile* profile, int event, int which) {
    return profile->events[static_cast<std::size_t>(event)].numbers[which];
}

const char* aqnn_profile_text(aqnn_profile* profile, int event) {
    return profile->events[static_cast<std::size_t>(event)].identifier.c_str();
}

// ---- context ----

aqnn_context* aqnn_context_create(aqnn_backend* backend) {
    auto context = std::make_unique<aqnn_context>();
    context->backend = backend;
    if (!CALL(backend, contextCreate, backend->backend, backend->device, static_cast<const Config**>(nullptr), &context->handle)) {
        return nullptr;
    }
    return context.release();
}

aqnn_context* aqnn_context_from_binary(aqnn_backend* backend, const void* data, uint64_t bytes, aqnn_profile* profile) {
    auto context = std::make_unique<aqnn_context>();
    context->backend = backend;
    if (!CALL(backend, contextCreateFromBinary, backend->backend, backend->device, static_cast<const Config**>(nullptr), data, bytes,
                &context->handle, handleOf(profile))) {
        return nullptr;
    }
    return context.release();
}

int aqnn_context_free(aqnn_context* context) {
    const bool good = CALL(context->backend, contextFree, context->handle, static_cast<Handle>(nullptr));
    delete context;
    return good ? 0 : -1;
}

int64_t aqnn_context_binary_bytes(aqnn_context* context) {
    std::uint64_t bytes = 0;
    return CALL(context->backend, contextGetBinarySize, context->handle, &bytes) ? static_cast<int64_t>(bytes) : -1;
}

int64_t aqnn_context_binary(aqnn_context* context, void* data, uint64_t bytes) {
    std::uint64_t written = 0;
    return CALL(context->backend, contextGetBinary, context->handle, data, bytes, &written) ? static_cast<int64_t>(written) : -1;
}

// ---- graph ----

aqnn_graph* aqnn_graph_create(aqnn_context* context, const char* name, uint32_t vtcm_mb, uint32_t hvx_threads, float optimization) {
    HtpGraphConfig values[3] = {};
    Config configs[3] = {};
    const Config* list[4] = {};
    int count = 0;
    const auto add = [&](std::uint32_t option) -> HtpGraphConfig& {
        values[count].option = option;
        configs[count].option = GRAPH_CUSTOM;
        configs[count].custom = &values[count];
        list[count] = &configs[count];
        return values[count++];
    };
    add(HTP_OPTIMIZATION).optimization = {FINALIZE_FLAG, optimization};
    if (vtcm_mb != 0) {
        add(HTP_VTCM_MB).megabytes = vtcm_mb;
    }
    if (hvx_threads != 0) {
        add(HTP_HVX_THREADS).threads = hvx_threads;
    }
    auto graph = std::make_unique<aqnn_graph>();
    graph->context = context;
    if (!CALL(context->backend, graphCreate, context->handle, name, static_cast<const Config**>(list), &graph->handle)) {
        return nullptr;
    }
    context->graphs.push_back(std::move(graph));
    return context->graphs.back().get();
}

int aqnn_tensor(aqnn_graph* graph, const char* name, uint32_t kind, uint32_t type, int rank, const int32_t* dims, int encoding, int axis,
        int bits, int count, const float* scales, const int32_t* offsets, const void* data, uint64_t bytes) {
    auto own = std::make_unique<OwnTensor>();
    own->undefined();
    own->name = name;
    own->dims.assign(dims, dims + rank);
    own->point();
    Tensor& t = own->tensor;
    t.kind = kind;
    t.type = type;
    Quantization& q = t.quantization;
    if (encoding >= 0) {
        q.definition = DEFINED;
        q.encoding = static_cast<std::uint32_t>(encoding);
        const auto n = static_cast<std::uint32_t>(count);
        if (encoding == SCALE_OFFSET) {
            q.tensor = {scales[0], offsets[0]};
        } else if (encoding == BW_SCALE_OFFSET) {
            q.narrow = {static_cast<std::uint32_t>(bits), scales[0], offsets[0]};
        } else if (encoding == AXIS_SCALE_OFFSET) {
            for (int i = 0; i < count; i++) {
                own->entries.push_back({scales[i], offsets[i]});
            }
            q.axis = {axis, n, own->entries.data()};
        } else if (encoding == BW_AXIS_SCALE_OFFSET) {
            own->scales.assign(scales, scales + count);
            own->offsets.assign(offsets, offsets + count);
            q.narrowAxis = {static_cast<std::uint32_t>(bits), axis, n, own->scales.data(), own->offsets.data()};
        } else {
            fail("tensorCreateGraphTensor", own->name + ": encoding " + std::to_string(encoding) + " is not one of 0 to 3");
            return -1;
        }
    }
    if (data != nullptr) {
        const auto* from = static_cast<const unsigned char*>(data);
        own->data.assign(from, from + bytes);
        t.buffer = {own->data.data(), static_cast<std::uint32_t>(bytes)};
    }
    if (!CALL(graph->context->backend, tensorCreateGraphTensor, graph->handle, &t)) {
        failure.detail = "tensor '" + own->name + "': " + failure.detail;
        return -1;
    }
    graph->tensors.push_back(std::move(own));
    return static_cast<int>(graph->tensors.size() - 1);
}

namespace {

Param& nextParam(aqnn_graph* graph, const char* name) {
    graph->paramNames.emplace_back(name);
    graph->params.push_back(Param{});
    Param& param = graph->params.back();
    param.name = graph->paramNames.back().c_str();
    return param;
}

// The tensors with the given numbers; false when there is no such tensor.
bool select(aqnn_graph* graph, const char* node, const int32_t* numbers, int count, std::vector<Tensor>& selected) {
    for (int i = 0; i < count; i++) {
        if (numbers[i] < 0 || static_cast<std::size_t>(numbers[i]) >= graph->tensors.size()) {
            fail("graphAddNode", std::string("node '") + node + "': there is no tensor " + std::to_string(numbers[i]));
            return false;
        }
        selected.push_back(graph->tensors[static_cast<std::size_t>(numbers[i])]->tensor);
    }
    return true;
}

}  // namespace

int aqnn_param_scalar(aqnn_graph* graph, const char* name, uint32_t type, uint64_t bits) {
    Param& param = nextParam(graph, name);
    param.kind = SCALAR;
    param.scalar.type = type;
    param.scalar.bits = bits;
    return 0;
}

int aqnn_param_tensor(aqnn_graph* graph, const char* name, int tensor) {
    std::vector<Tensor> one;
    const int32_t number = tensor;
    if (!select(graph, name, &number, 1, one)) {
        return -1;
    }
    Param& param = nextParam(graph, name);
    param.kind = TENSOR;
    param.tensor = one[0];
    return 0;
}

int aqnn_node(aqnn_graph* graph, const char* name, const char* op, const int32_t* inputs, int input_count, const int32_t* outputs,
        int output_count) {
    std::vector<Tensor> in;
    std::vector<Tensor> out;
    bool good = select(graph, name, inputs, input_count, in) && select(graph, name, outputs, output_count, out);
    if (good) {
        OpConfig config{};
        config.version = 1;
        config.name = name;
        config.package = "qti.aisw";
        config.type = op;
        config.paramCount = static_cast<std::uint32_t>(graph->params.size());
        config.params = graph->params.data();
        config.inputCount = static_cast<std::uint32_t>(in.size());
        config.inputs = in.data();
        config.outputCount = static_cast<std::uint32_t>(out.size());
        config.outputs = out.data();
        const aqnn_backend* b = graph->context->backend;
        // The library is the only authority on what its chip takes; asked first because it answers in more words.
        good = (b->f().backendValidateOpConfig == nullptr || CALL(b, backendValidateOpConfig, b->backend, config))
                && CALL(b, graphAddNode, graph->handle, config);
        if (!good) {
            failure.detail = std::string("node '") + name + "' (" + op + "): " + failure.detail;
        }
    }
    graph->params.clear();
    graph->paramNames.clear();
    return good ? 0 : -1;
}

int aqnn_graph_finalize(aqnn_graph* graph, aqnn_profile* profile) {
    const bool good = CALL(graph->context->backend, graphFinalize, graph->handle, handleOf(profile), static_cast<Handle>(nullptr));
    graph->tensors.clear();
    return good ? 0 : -1;
}

// ---- binary info ----

namespace {

// Elements of the graph array grew: 64 bytes up to SDK 2.25, 88 from 2.36 on. Both are tried against the version field.
constexpr std::size_t STRIDES[] = {88, 64, 48};

const GraphInfo* graphAt(const GraphInfo* first, std::size_t stride, std::uint32_t index) {
    return reinterpret_cast<const GraphInfo*>(reinterpret_cast<const unsigned char*>(first) + stride * index);
}

bool plausible(const GraphInfo* g, std::uint32_t version) {
    return g->version == version && g->name != nullptr && (g->inputCount == 0) == (g->inputs == nullptr)
            && (g->outputCount == 0) == (g->outputs == nullptr);
}

// The stride follows from the release that reads, the one this library is of: its system API tells no SDK, so the elements do.
// A wrong stride lands inside an element, where no version of 1 to 3 is followed by a name.
std::size_t strideOf(const GraphInfo* first, std::uint32_t count) {
    for (const std::size_t stride : STRIDES) {
        bool fits = true;
        for (std::uint32_t i = 0; i < count && fits; i++) {
            fits = plausible(graphAt(first, stride, i), first->version);
        }
        if (fits) {
            return stride;
        }
    }
    return 0;
}

void copyTensors(const Tensor* from, std::uint32_t count, Tensors& to) {
    for (std::uint32_t i = 0; i < count; i++) {
        to.push_back(std::make_unique<OwnTensor>());
        to.back()->copy(from[i]);
    }
}

template <typename I>
const GraphInfo* copyCommon(const I& from, aqnn_info* to) {
    const std::uint32_t numbers[] = {from.backendId, from.core.major, from.core.minor, from.core.patch, from.backend.major,
            from.backend.minor, from.backend.patch, from.contextBlob.major, from.contextBlob.minor, from.contextBlob.patch, 0, from.graphCount};
    std::memcpy(to->numbers, numbers, sizeof numbers);
    to->texts[0] = text(from.buildId);
    to->texts[1] = text(from.soc);
    return from.graphs;
}

bool copyInfo(const BinaryInfo& info, aqnn_info* to) {
    if (info.version < 1 || info.version > 3) {
        fail("systemContextGetBinaryInfo", "description of version " + std::to_string(info.version) + "; known are 1 to 3");
        return false;
    }
    const GraphInfo* graphs = info.version == 3 ? copyCommon(info.v3, to) : copyCommon(info.v2, to);
    to->numbers[10] = info.version == 3 ? info.v3.socModel : 0;
    const std::uint32_t count = to->numbers[11];
    const std::size_t stride = count == 0 ? 0 : graphs == nullptr ? 0 : strideOf(graphs, count);
    if (count != 0 && stride == 0) {
        fail("systemContextGetBinaryInfo", "the table of " + std::to_string(count) + " graphs has a layout this version does not know");
        return false;
    }
    for (std::uint32_t i = 0; i < count; i++) {
        const GraphInfo* g = graphAt(graphs, stride, i);
        to->graphs.emplace_back();
        GraphFacts& facts = to->graphs.back();
        facts.name = text(g->name);
        copyTensors(g->inputs, g->inputCount, facts.tensors[0]);
        copyTensors(g->outputs, g->outputCount, facts.tensors[1]);
    }
    return true;
}

bool systemOk(const char* call, Result result) {
    if (result != 0) {
        failure = {call, result & 0xffff, ""};
    }
    return result == 0;
}

// NULL, with the reason noted, when the library does not serve us.
const SystemProvider* openSystem(Library& library, const char* path) {
    if (!library.open(path)) {
        return nullptr;
    }
    void* symbol = library.symbol("QnnSystemInterface_getProviders");
    if (symbol == nullptr) {
        return nullptr;
    }
    const SystemProvider** list = nullptr;
    std::uint32_t count = 0;
    if (!systemOk("systemInterfaceGetProviders", reinterpret_cast<GetSystemProviders>(symbol)(&list, &count))) {
        return nullptr;
    }
    return choose(list, list == nullptr ? 0 : count, [](const SystemProvider& p) { return p.system; }, SYSTEM_MAJOR, 0, "QNN system API");
}

bool readInfo(const char* path, void* binary, std::uint64_t bytes, aqnn_info* info) {
    Library library;
    const SystemProvider* provider = openSystem(library, path);
    if (provider == nullptr) {
        return false;
    }
    const SystemFunctions& f = provider->functions;
    if (f.contextCreate == nullptr || f.contextGetBinaryInfo == nullptr || f.contextFree == nullptr) {
        fail("systemContextCreate", "this library leaves functions out");
        return false;
    }
    Handle context = nullptr;
    if (!systemOk("systemContextCreate", f.contextCreate(&context))) {
        return false;
    }
    const BinaryInfo* found = nullptr;
    std::uint64_t foundBytes = 0;
    bool good = systemOk("systemContextGetBinaryInfo", f.contextGetBinaryInfo(context, binary, bytes, &found, &foundBytes));
    if (good && found == nullptr) {
        fail("systemContextGetBinaryInfo", "no description given");
        good = false;
    }
    good = good && copyInfo(*found, info);
    info->numbers[12] = provider->system.major;
    info->numbers[13] = provider->system.minor;
    info->numbers[14] = provider->system.patch;
    info->texts[2] = text(provider->name);
    const Failure first = failure;
    const bool freed = systemOk("systemContextFree", f.contextFree(context));
    if (!good) {
        failure = first;
    }
    return good && freed;
}

const OwnTensor& tensorOf(aqnn_info* info, int graph, int output, int tensor) {
    return *info->graphs[static_cast<std::size_t>(graph)].tensors[output][static_cast<std::size_t>(tensor)];
}

}  // namespace

int aqnn_system_check(const char* system_library) {
    Library library;
    return openSystem(library, system_library) == nullptr ? -1 : 0;
}

aqnn_info* aqnn_info_read(const char* system_library, void* binary, uint64_t bytes) {
    auto info = std::make_unique<aqnn_info>();
    return readInfo(system_library, binary, bytes, info.get()) ? info.release() : nullptr;
}

int aqnn_info_free(aqnn_info* info) {
    delete info;
    return 0;
}

uint32_t aqnn_info_number(aqnn_info* info, int which) {
    return info->numbers[which];
}

const char* aqnn_info_text(aqnn_info* info, int which) {
    return info->texts[which].c_str();
}

const char* aqnn_info_graph(aqnn_info* info, int graph) {
    return info->graphs[static_cast<std::size_t>(graph)].name.c_str();
}

int aqnn_info_tensor_count(aqnn_info* info, int graph, int output) {
    return static_cast<int>(info->graphs[static_cast<std::size_t>(graph)].tensors[output].size());
}

const char* aqnn_info_tensor_name(aqnn_info* info, int graph, int output, int tensor) {
    return tensorOf(info, graph, output, tensor).name.c_str();
}

int64_t aqnn_info_tensor_number(aqnn_info* info, int graph, int output, int tensor, int which) {
    const OwnTensor& own = tensorOf(info, graph, output, tensor);
    const Tensor& t = own.tensor;
    switch (which) {
        case -1: return t.quantization.definition == DEFINED ? static_cast<int64_t>(t.quantization.encoding) : -1;
        case 0: return t.id;
        case 1: return t.kind;
        case 2: return t.type;
        case 3: return t.rank;
        default: return own.dims[static_cast<std::size_t>(which - 4)];
    }
}

float aqnn_info_tensor_scale(aqnn_info* info, int graph, int output, int tensor) {
    return tensorOf(info, graph, output, tensor).tensor.quantization.tensor.scale;
}

int32_t aqnn_info_tensor_offset(aqnn_info* info, int graph, int output, int tensor) {
    return tensorOf(info, graph, output, tensor).tensor.quantization.tensor.offset;
}

// ---- execution ----

aqnn_execution* aqnn_execution_create(aqnn_context* context, aqnn_info* info, int graph) {
    const GraphFacts& facts = info->graphs[static_cast<std::size_t>(graph)];
    auto execution = std::make_unique<aqnn_execution>();
    execution->context = context;
    if (!CALL(context->backend, graphRetrieve, context->handle, facts.name.c_str(), &execution->handle)) {
        failure.detail = "graph '" + facts.name + "': " + failure.detail;
        return nullptr;
    }
    for (int side = 0; side < 2; side++) {
        for (const auto& known : facts.tensors[side]) {
            execution->own[side].push_back(std::make_unique<OwnTensor>());
            execution->own[side].back()->copy(known->tensor);
            execution->tensors[side].push_back(execution->own[side].back()->tensor);
        }
    }
    return execution.release();
}

int aqnn_execution_free(aqnn_execution* execution) {
    delete execution;
    return 0;
}

int aqnn_execution_bind(aqnn_execution* execution, int output, int tensor, void* data, uint64_t bytes) {
    if (bytes > UINT32_MAX) {
        fail("graphExecute", "a tensor of " + std::to_string(bytes) + " bytes; at most 4 GiB - 1");
        return -1;
    }
    execution->tensors[output][static_cast<std::size_t>(tensor)].buffer = {data, static_cast<std::uint32_t>(bytes)};
    return 0;
}

int aqnn_execution_run(aqnn_execution* execution, aqnn_profile* profile) {
    auto& in = execution->tensors[0];
    auto& out = execution->tensors[1];
    return CALL(execution->context->backend, graphExecute, execution->handle, static_cast<const Tensor*>(in.data()),
                   static_cast<std::uint32_t>(in.size()), out.data(), static_cast<std::uint32_t>(out.size()), handleOf(profile),
                   static_cast<Handle>(nullptr))
            ? 0
            : -1;
}

void* aqnn_memory(uint64_t bytes) {
    const std::uint64_t rounded = (bytes + 127) / 128 * 128;
    void* memory = std::aligned_alloc(128, rounded == 0 ? 128 : rounded);
    if (memory == nullptr) {
        fail("memory", std::to_string(bytes) + " bytes are not to be had");
        return nullptr;
    }
    live++;
    return std::memset(memory, 0, rounded);
}

void aqnn_memory_free(void* memory) {
    std::free(memory);
    live--;
}
