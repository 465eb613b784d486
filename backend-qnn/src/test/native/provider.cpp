// A stand-in for the QNN libraries in tests: core and system interface in one shared library. It is no library of Qualcomm's and
// says so in its names. It checks every call strictly, computes what it is given, serializes in a format of its own, counts what
// is alive, and fails on demand.
//
// Which release it plays (core API 2.18, 2.39, or 2.13, which is too old) is chosen by AUTONEURAL_TEST_DOUBLE_API=18|39|13 or by
// the control functions at the end, which Java tests call as native methods of org.autoneural.qnn.TestDouble. The provider structure
// ends where an unreadable page begins: a reader that goes beyond the table of that release crashes.
#include "graph.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace conformance {

namespace {

constexpr const char* NAME = "AUTONEURAL_TEST_DOUBLE";
constexpr const char* SYSTEM_NAME = "AUTONEURAL_TEST_DOUBLE_SYSTEM";
constexpr const char* BUILD = "autoneural-test-double-1 (not Qualcomm's)";

// ---- what is alive, what has been called, what is to fail ----

enum Call {
    INTERFACE_PROVIDERS, BUILD_ID, LOG_CREATE, LOG_FREE, BACKEND_CREATE, BACKEND_FREE, DEVICE_CREATE, DEVICE_FREE, CONTEXT_CREATE,
    CONTEXT_FREE, BINARY_SIZE, GET_BINARY, FROM_BINARY, GRAPH_CREATE, GRAPH_RETRIEVE, TENSOR_CREATE, VALIDATE, ADD_NODE, FINALIZE, EXECUTE,
    PROFILE_CREATE, PROFILE_FREE, PROFILE_EVENTS, PROFILE_SUB_EVENTS, PROFILE_DATA, SYSTEM_PROVIDERS, SYSTEM_CREATE, SYSTEM_INFO,
    SYSTEM_FREE, SAVER_INITIALIZE, CALLS
};
constexpr const char* CALL_NAMES[CALLS] = {"interfaceGetProviders", "backendGetBuildId", "logCreate", "logFree", "backendCreate",
        "backendFree", "deviceCreate", "deviceFree", "contextCreate", "contextFree", "contextGetBinarySize", "contextGetBinary",
        "contextCreateFromBinary", "graphCreate", "graphRetrieve", "tensorCreateGraphTensor", "backendValidateOpConfig", "graphAddNode",
        "graphFinalize", "graphExecute", "profileCreate", "profileFree", "profileGetEvents", "profileGetSubEvents", "profileGetEventData",
        "systemInterfaceGetProviders", "systemContextCreate", "systemContextGetBinaryInfo", "systemContextFree", "saverInitialize"};
// What each call answers when it is made to fail.
constexpr std::uint32_t FAULT_CODES[CALLS] = {1000, 1100, LOG_HANDLE, LOG_HANDLE, 4000, BACKEND_HANDLE, 14002, DEVICE_HANDLE, NO_MEMORY,
        CONTEXT_HANDLE, 5006, CONTEXT_GET, CONTEXT_BINARY, 6020, GRAPH_UNKNOWN, TENSOR_PARAM, OP_INVALID, GRAPH_OP, GRAPH_FINALIZE, 1007, NO_MEMORY,
        PROFILE_HANDLE, 12002, 12002, 12002, 1000, 1000, SYSTEM_BINARY, SYSTEM_HANDLE, 4951};

struct BackendState {
    Handle log;
};
struct DeviceState {
    std::uint32_t soc;
    std::uint32_t arch;
};
struct ProfileState {
    std::vector<EventData> events;
    std::vector<std::uint64_t> ids;
};
struct ContextState {
    BackendState* backend;
    DeviceState* device;
    std::uint32_t soc;
    std::uint32_t arch;
    bool fromBinary;
    std::vector<std::unique_ptr<GraphState>> graphs;
    std::map<const GraphState*, std::unique_ptr<Machine>> machines;
};
struct SystemState {
    std::unique_ptr<ContextState> content;
    std::vector<std::unique_ptr<std::vector<Tensor>>> tensors;
    std::vector<unsigned char> graphs;
    BinaryInfo info{};
    std::string build;
};

struct World {
    std::mutex mutex;
    int minor = 39;
    std::map<Handle, std::unique_ptr<int>> logs;
    std::map<Handle, std::unique_ptr<BackendState>> backends;
    std::map<Handle, std::unique_ptr<DeviceState>> devices;
    std::map<Handle, std::unique_ptr<ContextState>> contexts;
    std::map<Handle, ContextState*> graphs;
    std::map<Handle, std::unique_ptr<ProfileState>> profiles;
    std::map<Handle, std::unique_ptr<SystemState>> systems;
    std::set<const char*> messages;
    std::map<std::uint64_t, std::string> texts;
    std::uint64_t failures = 0;
    std::int64_t calls[CALLS] = {};
    int fault = -1;
    std::int64_t faultAfter = 0;
    LogCallback callback = nullptr;

    std::int64_t live() const {
        return static_cast<std::int64_t>(logs.size() + backends.size() + devices.size() + contexts.size() + profiles.size() + systems.size()
                + messages.size());
    }
};

World& world() {
    static World* w = [] {
        auto* fresh = new World;
        const char* minor = std::getenv("AUTONEURAL_TEST_DOUBLE_API");
        fresh->minor = minor == nullptr ? 39 : std::atoi(minor);
        return fresh;
    }();
    return *w;
}

// Every call passes here: counts, injects a fault, turns a refusal into a number with a text behind it.
template <typename F>
Result call(Call which, F body) {
    World& w = world();
    std::lock_guard<std::mutex> lock(w.mutex);
    w.calls[which]++;
    try {
        const bool fails = w.fault == which && w.faultAfter-- == 0;
        const std::string name = CALL_NAMES[which];
        // What is to be freed is freed all the same: a failure there is no leak of the caller's.
        if (fails && (name.size() < 4 || name.compare(name.size() - 4, 4, "Free") != 0)) {
            w.fault = -1;
            throw Refusal{FAULT_CODES[which], "made to fail in " + name};
        }
        body(w);
        if (fails) {
            w.fault = -1;
            throw Refusal{FAULT_CODES[which], "made to fail in " + name};
        }
        return 0;
    } catch (const Refusal& r) {
        // The upper bits name the occurrence, as the libraries may do.
        const std::uint64_t result = (++w.failures << 16) | r.code;
        w.texts[result] = r.text;
        return result;
    } catch (const std::bad_alloc&) {
        return NO_MEMORY;
    }
}

template <typename M>
auto& find(M& map, Handle handle, std::uint32_t code, const char* what) {
    const auto found = map.find(handle);
    require(found != map.end(), code, std::string("no such ") + what);
    return *found->second;
}

template <typename M, typename V>
Handle keep(M& map, std::unique_ptr<V> value) {
    Handle handle = value.get();
    map.emplace(handle, std::move(value));
    return handle;
}

GraphState& findGraph(World& w, Handle handle) {
    require(w.graphs.count(handle) == 1, GRAPH_HANDLE, "no such graph");
    return *static_cast<GraphState*>(handle);
}

void findProfile(World& w, Handle profile) {
    require(profile == nullptr || w.profiles.count(profile) == 1, PROFILE_HANDLE, "no such profile");
}

void event(World& w, Handle profile, std::uint32_t type, std::uint64_t value, const char* identifier) {
    if (profile != nullptr) {
        w.profiles.at(profile)->events.push_back({type, 1, value, identifier});
    }
}

// ---- serialization ----

constexpr char MAGIC[8] = {'A', 'N', 'Q', 'T', 'D', '0', '0', '1'};

std::uint64_t hash(const unsigned char* data, std::size_t bytes) {
    std::uint64_t h = 0xcbf29ce484222325U;
    for (std::size_t k = 0; k < bytes; k++) {
        h = (h ^ data[k]) * 0x100000001b3U;
    }
    return h;
}

class Writer {
public:
    std::vector<unsigned char> bytes;

    template <typename T>
    void number(T value) {
        const auto* p = reinterpret_cast<const unsigned char*>(&value);
        bytes.insert(bytes.end(), p, p + sizeof value);
    }
    void text(const std::string& s) {
        number(static_cast<std::uint32_t>(s.size()));
        bytes.insert(bytes.end(), s.begin(), s.end());
    }
    template <typename T>
    void numbers(const std::vector<T>& values) {
        number(static_cast<std::uint64_t>(values.size()));
        const auto* p = reinterpret_cast<const unsigned char*>(values.data());
        bytes.insert(bytes.end(), p, p + values.size() * sizeof(T));
    }
};

class Reader {
public:
    Reader(const unsigned char* data, std::size_t bytes) : at_(data), end_(data + bytes) {}

    template <typename T>
    T number() {
        T value;
        std::memcpy(&value, take(sizeof value), sizeof value);
        return value;
    }
    std::string text() {
        const auto n = number<std::uint32_t>();
        return std::string(reinterpret_cast<const char*>(take(n)), n);
    }
    template <typename T>
    std::vector<T> numbers() {
        const auto n = number<std::uint64_t>();
        require(n <= static_cast<std::uint64_t>(end_ - at_), CONTEXT_BINARY, "the binary is cut off");
        std::vector<T> values(n);
        const unsigned char* from = take(n * sizeof(T));
        if (n != 0) {
            std::memcpy(values.data(), from, n * sizeof(T));
        }
        return values;
    }

private:
    const unsigned char* at_;
    const unsigned char* end_;

    const unsigned char* take(std::size_t n) {
        require(n <= static_cast<std::size_t>(end_ - at_), CONTEXT_BINARY, "the binary is cut off");
        const unsigned char* from = at_;
        at_ += n;
        return from;
    }
};

std::vector<unsigned char> serialize(const ContextState& context) {
    Writer w;
    w.bytes.insert(w.bytes.end(), MAGIC, MAGIC + sizeof MAGIC);
    w.number(static_cast<std::uint32_t>(world().minor));
    w.number(context.soc);
    w.number(context.arch);
    w.number(static_cast<std::uint32_t>(context.graphs.size()));
    for (const auto& g : context.graphs) {
        w.text(g->name);
        w.number(static_cast<std::uint32_t>(g->tensors.size()));
        for (const Facts& t : g->tensors) {
            w.text(t.name);
            w.number(t.kind);
            w.number(t.type);
            w.numbers(t.dims);
            w.number(t.encoding);
            w.number(t.axis);
            w.number(t.bits);
            w.numbers(t.scales);
            w.numbers(t.offsets);
            w.numbers(t.data);
        }
        w.number(static_cast<std::uint32_t>(g->nodes.size()));
        for (const NodeFacts& n : g->nodes) {
            w.text(n.name);
            w.text(n.op);
            w.number(static_cast<std::uint32_t>(n.params.size()));
            for (const auto& p : n.params) {
                w.text(p.first);
                w.number(static_cast<std::uint8_t>(p.second.tensor));
                w.number(p.second.type);
                w.number(p.second.bits);
                w.number(p.second.tensorId);
            }
            w.numbers(n.inputs);
            w.numbers(n.outputs);
        }
    }
    w.number(hash(w.bytes.data(), w.bytes.size()));
    return std::move(w.bytes);
}

std::unique_ptr<ContextState> deserialize(const void* data, std::uint64_t bytes) {
    const auto* from = static_cast<const unsigned char*>(data);
    require(bytes > sizeof MAGIC + 8 && std::memcmp(from, MAGIC, sizeof MAGIC) == 0, CONTEXT_BINARY, "this is no binary of the test double");
    std::uint64_t sum = 0;
    std::memcpy(&sum, from + bytes - 8, 8);
    require(sum == hash(from, bytes - 8), CONTEXT_BINARY, "the binary is damaged");
    Reader r(from + sizeof MAGIC, bytes - sizeof MAGIC - 8);
    auto context = std::make_unique<ContextState>();
    const auto minor = r.number<std::uint32_t>();
    require(static_cast<int>(minor) <= world().minor, 5004, "a binary of core API 2." + std::to_string(minor) + " for a library of 2."
            + std::to_string(world().minor));
    context->soc = r.number<std::uint32_t>();
    context->arch = r.number<std::uint32_t>();
    context->fromBinary = true;
    for (auto graphs = r.number<std::uint32_t>(); graphs > 0; graphs--) {
        auto g = std::make_unique<GraphState>();
        g->name = r.text();
        g->finalized = true;
        for (auto tensors = r.number<std::uint32_t>(); tensors > 0; tensors--) {
            Facts t;
            t.id = static_cast<std::uint32_t>(g->tensors.size() + 1);
            t.name = r.text();
            t.kind = r.number<std::uint32_t>();
            t.type = r.number<std::uint32_t>();
            t.dims = r.numbers<std::uint32_t>();
            t.encoding = r.number<std::int32_t>();
            t.axis = r.number<std::int32_t>();
            t.bits = r.number<std::uint32_t>();
            t.scales = r.numbers<float>();
            t.offsets = r.numbers<std::int32_t>();
            t.data = r.numbers<unsigned char>();
            g->tensors.push_back(std::move(t));
        }
        for (auto nodes = r.number<std::uint32_t>(); nodes > 0; nodes--) {
            NodeFacts n;
            n.name = r.text();
            n.op = r.text();
            for (auto params = r.number<std::uint32_t>(); params > 0; params--) {
                const std::string name = r.text();
                Parameter p;
                p.tensor = r.number<std::uint8_t>() != 0;
                p.type = r.number<std::uint32_t>();
                p.bits = r.number<std::uint64_t>();
                p.tensorId = r.number<std::uint32_t>();
                n.params.emplace(name, p);
            }
            n.inputs = r.numbers<std::uint32_t>();
            n.outputs = r.numbers<std::uint32_t>();
            g->nodes.push_back(std::move(n));
        }
        context->graphs.push_back(std::move(g));
    }
    return context;
}

// ---- core interface ----

Result propertyHasCapability(std::uint32_t) {
    return 0;
}

Result getBuildId(const char** id) {
    return call(BUILD_ID, [&](World&) { *id = BUILD; });
}

void say(World& w, const char* format, ...) {
    if (w.callback != nullptr) {
        std::va_list values;
        va_start(values, format);
        w.callback(format, 1, 0, values);
        va_end(values);
    }
}

Result logCreate(LogCallback callback, std::uint32_t level, Handle* log) {
    return call(LOG_CREATE, [&](World& w) {
        require(level >= 1 && level <= 5, 11003, "log level " + std::to_string(level));
        w.callback = callback;
        *log = keep(w.logs, std::make_unique<int>(0));
    });
}

Result logFree(Handle log) {
    return call(LOG_FREE, [&](World& w) {
        find(w.logs, log, LOG_HANDLE, "log");
        w.logs.erase(log);
        if (w.logs.empty()) {
            w.callback = nullptr;
        }
    });
}

Result backendCreate(Handle log, const Config** configs, Handle* backend) {
    return call(BACKEND_CREATE, [&](World& w) {
        require(log == nullptr || w.logs.count(log) == 1, 4004, "no such log");
        require(configs == nullptr || configs[0] == nullptr, BACKEND_CONFIG, "the test double knows no back-end options");
        *backend = keep(w.backends, std::make_unique<BackendState>(BackendState{log}));
    });
}

Result backendFree(Handle backend) {
    return call(BACKEND_FREE, [&](World& w) {
        BackendState& b = find(w.backends, backend, BACKEND_HANDLE, "back end");
        for (const auto& c : w.contexts) {
            require(c.second->backend != &b, 4002, "a context of this back end is alive");
        }
        w.backends.erase(backend);
    });
}

Result deviceCreate(Handle log, const Config** configs, Handle* device) {
    return call(DEVICE_CREATE, [&](World& w) {
        require(log == nullptr || w.logs.count(log) == 1, DEVICE_ARGUMENT, "no such log");
        DeviceState d{0, 0};
        for (; configs != nullptr && *configs != nullptr; configs++) {
            const Config& c = **configs;
            require(c.option <= DEVICE_PLATFORM && c.custom != nullptr, DEVICE_CONFIG, "device option " + std::to_string(c.option));
            if (c.option == DEVICE_CUSTOM) {
                const auto& named = *static_cast<const HtpDeviceConfig*>(c.custom);
                require(named.option == HTP_DEVICE_SOC, DEVICE_CONFIG, "HTP device option " + std::to_string(named.option));
                // Releases differ in where they read the number.
                require(named.soc == named.socLater, DEVICE_CONFIG, "the SoC stands at one of two places only");
                d.soc = named.soc;
                continue;
            }
            const auto& p = *static_cast<const PlatformInfo*>(c.custom);
            require(p.version == 1 && p.deviceCount == 1, DEVICE_CONFIG, "a platform of one device is described in version 1");
            const HardwareDevice& h = p.devices[0];
            require(h.version == 1 && h.coreCount == 1 && h.cores[0].version == 1 && h.extension != nullptr && h.extension->type == 0, DEVICE_CONFIG,
                    "a device has one core, version 1, and the extension of an on-chip HTP");
            const OnChip& chip = h.extension->chip;
            require(chip.vtcmMegabytes >= 1 && chip.vtcmMegabytes <= 8, DEVICE_CONFIG, std::to_string(chip.vtcmMegabytes) + " MB of VTCM");
            d.soc = chip.soc;
            d.arch = chip.arch;
        }
        require(d.soc == 39, DEVICE_CONFIG, "SoC " + std::to_string(d.soc) + "; the test double plays SoC 39");
        require(d.arch == 0 || d.arch == 68, DEVICE_CONFIG, "arch " + std::to_string(d.arch) + " on SoC 39");
        d.arch = 68;
        *device = keep(w.devices, std::make_unique<DeviceState>(d));
    });
}

Result deviceFree(Handle device) {
    return call(DEVICE_FREE, [&](World& w) {
        DeviceState& d = find(w.devices, device, DEVICE_HANDLE, "device");
        for (const auto& c : w.contexts) {
            require(c.second->device != &d, 14003, "a context of this device is alive");
        }
        w.devices.erase(device);
    });
}

Result contextCreate(Handle backend, Handle device, const Config** configs, Handle* context) {
    return call(CONTEXT_CREATE, [&](World& w) {
        auto c = std::make_unique<ContextState>();
        c->backend = &find(w.backends, backend, CONTEXT_ARGUMENT, "back end");
        c->device = &find(w.devices, device, CONTEXT_ARGUMENT, "device");
        require(configs == nullptr || configs[0] == nullptr, 5010, "the test double knows no context options");
        c->soc = c->device->soc;
        c->arch = c->device->arch;
        c->fromBinary = false;
        *context = keep(w.contexts, std::move(c));
    });
}

Result contextFree(Handle context, Handle profile) {
    return call(CONTEXT_FREE, [&](World& w) {
        ContextState& c = find(w.contexts, context, CONTEXT_HANDLE, "context");
        findProfile(w, profile);
        for (const auto& g : c.graphs) {
            w.graphs.erase(g.get());
        }
        w.contexts.erase(context);
    });
}

void requireFinalized(const ContextState& c) {
    require(!c.graphs.empty(), CONTEXT_NOT_FINAL, "a context without graphs");
    for (const auto& g : c.graphs) {
        require(g->finalized, CONTEXT_NOT_FINAL, "graph '" + g->name + "' is not finalized");
    }
}

Result contextGetBinarySize(Handle context, std::uint64_t* bytes) {
    return call(BINARY_SIZE, [&](World& w) {
        const ContextState& c = find(w.contexts, context, CONTEXT_HANDLE, "context");
        requireFinalized(c);
        // A library may ask for more room than it fills.
        *bytes = serialize(c).size() + 64;
    });
}

Result contextGetBinary(Handle context, void* data, std::uint64_t bytes, std::uint64_t* written) {
    return call(GET_BINARY, [&](World& w) {
        const ContextState& c = find(w.contexts, context, CONTEXT_HANDLE, "context");
        requireFinalized(c);
        const std::vector<unsigned char> binary = serialize(c);
        require(data != nullptr && bytes >= binary.size(), CONTEXT_GET, std::to_string(bytes) + " bytes of room for " + std::to_string(binary.size()));
        std::memcpy(data, binary.data(), binary.size());
        *written = binary.size();
    });
}

Result contextCreateFromBinary(Handle backend, Handle device, const Config** configs, const void* data, std::uint64_t bytes, Handle* context,
        Handle profile) {
    return call(FROM_BINARY, [&](World& w) {
        BackendState& b = find(w.backends, backend, CONTEXT_ARGUMENT, "back end");
        DeviceState& d = find(w.devices, device, CONTEXT_ARGUMENT, "device");
        findProfile(w, profile);
        require(configs == nullptr || configs[0] == nullptr, 5010, "the test double knows no context options");
        require(data != nullptr, CONTEXT_ARGUMENT, "no binary");
        auto c = deserialize(data, bytes);
        require(c->soc == d.soc && c->arch == d.arch, CONTEXT_BINARY, "a binary for SoC " + std::to_string(c->soc) + " on SoC " + std::to_string(d.soc));
        c->backend = &b;
        c->device = &d;
        event(w, profile, 100, bytes, "load context");
        *context = keep(w.contexts, std::move(c));
    });
}

Result graphCreate(Handle context, const char* name, const Config** configs, Handle* graph) {
    return call(GRAPH_CREATE, [&](World& w) {
        ContextState& c = find(w.contexts, context, GRAPH_ARGUMENT, "context");
        require(!c.fromBinary, 6039, "a context from a binary takes no new graphs");
        require(name != nullptr && name[0] != 0, GRAPH_NAME, "a graph without a name");
        for (const auto& g : c.graphs) {
            require(g->name != name, GRAPH_NAME, std::string("graph '") + name + "' is there already");
        }
        for (; configs != nullptr && *configs != nullptr; configs++) {
            require((*configs)->option == GRAPH_CUSTOM && (*configs)->custom != nullptr, GRAPH_ARGUMENT, "graph option " + std::to_string((*configs)->option));
            const auto& h = *static_cast<const HtpGraphConfig*>((*configs)->custom);
            const bool good = (h.option == HTP_VTCM_MB && h.megabytes <= 8)
                    || (h.option == HTP_HVX_THREADS && h.threads >= 1 && h.threads <= 4)
                    || (h.option == HTP_OPTIMIZATION && h.optimization.type == FINALIZE_FLAG && h.optimization.value >= 1 && h.optimization.value <= 3);
            require(good, GRAPH_ARGUMENT, "HTP graph option " + std::to_string(h.option) + " or its value");
        }
        auto g = std::make_unique<GraphState>();
        g->name = name;
        *graph = g.get();
        w.graphs.emplace(g.get(), &c);
        c.graphs.push_back(std::move(g));
    });
}

Result graphRetrieve(Handle context, const char* name, Handle* graph) {
    return call(GRAPH_RETRIEVE, [&](World& w) {
        ContextState& c = find(w.contexts, context, GRAPH_ARGUMENT, "context");
        require(name != nullptr, GRAPH_NAME, "no name");
        for (const auto& g : c.graphs) {
            if (g->name == name) {
                w.graphs.emplace(g.get(), &c);
                *graph = g.get();
                return;
            }
        }
        throw Refusal{GRAPH_UNKNOWN, std::string("no graph '") + name + "'"};
    });
}

Result tensorCreateGraphTensor(Handle graph, Tensor* tensor) {
    return call(TENSOR_CREATE, [&](World& w) {
        GraphState& g = findGraph(w, graph);
        require(!g.finalized, GRAPH_FINAL, "the graph is finalized");
        require(tensor != nullptr, TENSOR_PARAM, "no tensor");
        Facts t = describe(*tensor);
        require(tensor->kind == STATIC || tensor->buffer.data == nullptr, TENSOR_PARAM, t.name + ": only static tensors have data");
        for (const Facts& other : g.tensors) {
            require(other.name != t.name, TENSOR_EXISTS, t.name + ": there is a tensor of this name");
        }
        t.id = static_cast<std::uint32_t>(g.tensors.size() + 1);
        tensor->id = t.id;
        g.tensors.push_back(std::move(t));
    });
}

Result backendValidateOpConfig(Handle backend, OpConfig op) {
    return call(VALIDATE, [&](World& w) {
        find(w.backends, backend, BACKEND_HANDLE, "back end");
        check(view(op));
    });
}

const Facts& known(const GraphState& g, const Facts& given) {
    require(given.id >= 1 && given.id <= g.tensors.size(), GRAPH_TENSOR, given.name + ": no tensor of id " + std::to_string(given.id));
    const Facts& t = g.tensor(given.id);
    require(t.name == given.name && t.kind == given.kind && t.dims == given.dims && t.sameEncoding(given), GRAPH_TENSOR,
            given.name + ": id " + std::to_string(given.id) + " is " + t.print());
    return t;
}

bool produced(const GraphState& g, std::uint32_t id) {
    return std::any_of(g.nodes.begin(), g.nodes.end(), [&](const NodeFacts& n) {
        return std::find(n.outputs.begin(), n.outputs.end(), id) != n.outputs.end();
    });
}

Result graphAddNode(Handle graph, OpConfig op) {
    return call(ADD_NODE, [&](World& w) {
        GraphState& g = findGraph(w, graph);
        require(!g.finalized, GRAPH_FINAL, "the graph is finalized");
        const NodeView n = view(op);
        check(n);
        for (const NodeFacts& other : g.nodes) {
            require(other.name != n.name, GRAPH_NAME, "node '" + n.name + "' is there already");
        }
        NodeFacts facts{n.name, n.op, n.params, {}, {}};
        for (const auto& p : n.tensorParams) {
            known(g, p.second);
        }
        for (const Facts& given : n.inputs) {
            const Facts& t = known(g, given);
            require(t.kind == APP_WRITE || t.kind == STATIC || produced(g, t.id), GRAPH_TENSOR, t.name + " is read before it is written");
            facts.inputs.push_back(t.id);
        }
        for (const Facts& given : n.outputs) {
            const Facts& t = known(g, given);
            require(t.kind == NATIVE || t.kind == APP_READ, GRAPH_TENSOR, t.name + " cannot be written by a node");
            require(!produced(g, t.id) && std::find(facts.outputs.begin(), facts.outputs.end(), t.id) == facts.outputs.end(), GRAPH_TENSOR,
                    t.name + " is written twice");
            facts.outputs.push_back(t.id);
        }
        g.nodes.push_back(std::move(facts));
    });
}

Result graphFinalize(Handle graph, Handle profile, Handle signal) {
    return call(FINALIZE, [&](World& w) {
        GraphState& g = findGraph(w, graph);
        findProfile(w, profile);
        require(signal == nullptr, UNSUPPORTED, "the test double knows no signals");
        require(!g.finalized, GRAPH_FINAL, "the graph is finalized");
        require(!g.nodes.empty(), GRAPH_FINALIZE, "a graph without nodes");
        for (const Facts& t : g.tensors) {
            require(t.kind == STATIC || t.kind == APP_WRITE || produced(g, t.id), 6007, t.name + " is written by no node");
        }
        g.finalized = true;
        event(w, profile, 200, g.nodes.size(), "finalize");
    });
}

void* bound(const Tensor& given, const Facts& t) {
    const Facts facts = describe(given);
    require(given.id == t.id && facts.name == t.name && facts.kind == t.kind && facts.dims == t.dims && facts.sameEncoding(t), GRAPH_TENSOR,
            facts.name + ": not tensor " + t.print());
    require(given.buffer.data != nullptr && given.buffer.bytes == t.elements() * elementBytes(t.type), GRAPH_TENSOR,
            t.name + ": " + std::to_string(given.buffer.bytes) + " bytes for " + t.print());
    return given.buffer.data;
}

Result graphExecute(Handle graph, const Tensor* inputs, std::uint32_t inputCount, Tensor* outputs, std::uint32_t outputCount, Handle profile,
        Handle signal) {
    return call(EXECUTE, [&](World& w) {
        GraphState& g = findGraph(w, graph);
        ContextState& c = *w.graphs.at(graph);
        findProfile(w, profile);
        require(signal == nullptr, UNSUPPORTED, "the test double knows no signals");
        require(g.finalized, GRAPH_NOT_FINAL, "the graph is not finalized");
        const auto in = g.side(APP_WRITE);
        const auto out = g.side(APP_READ);
        require(inputCount == in.size() && outputCount == out.size(), GRAPH_ARGUMENT, std::to_string(inputCount) + " inputs and "
                + std::to_string(outputCount) + " outputs for " + std::to_string(in.size()) + " and " + std::to_string(out.size()));
        std::map<std::uint32_t, const void*> from;
        std::map<std::uint32_t, void*> to;
        for (std::size_t k = 0; k < in.size(); k++) {
            from[in[k]->id] = bound(inputs[k], *in[k]);
        }
        for (std::size_t k = 0; k < out.size(); k++) {
            void* memory = bound(outputs[k], *out[k]);
            for (const auto& read : from) {
                require(read.second != memory, GRAPH_ARGUMENT, out[k]->name + " shares memory with an input");
            }
            to[out[k]->id] = memory;
        }
        auto& machine = c.machines[&g];
        if (machine == nullptr) {
            machine = std::make_unique<Machine>(g);
        }
        try {
            machine->run(from, to);
        } catch (const Refusal& r) {
            say(w, "graph %s: %s", g.name.c_str(), r.text.c_str());
            throw;
        }
        event(w, profile, 3004, 10 * g.nodes.size(), "accelerator");
        event(w, profile, 3001, 20 * g.nodes.size(), "host");
    });
}

Result profileCreate(Handle backend, std::uint32_t level, Handle* profile) {
    return call(PROFILE_CREATE, [&](World& w) {
        find(w.backends, backend, 1004, "back end");
        require(level == 1 || level == 2, 1004, "profiling level " + std::to_string(level));
        *profile = keep(w.profiles, std::make_unique<ProfileState>());
    });
}

Result profileFree(Handle profile) {
    return call(PROFILE_FREE, [&](World& w) {
        find(w.profiles, profile, PROFILE_HANDLE, "profile");
        w.profiles.erase(profile);
    });
}

// Event ids are addresses of the events: valid until the next call that records.
Result profileGetEvents(Handle profile, const std::uint64_t** events, std::uint32_t* count) {
    return call(PROFILE_EVENTS, [&](World& w) {
        ProfileState& p = find(w.profiles, profile, PROFILE_HANDLE, "profile");
        p.ids.clear();
        for (const EventData& e : p.events) {
            p.ids.push_back(reinterpret_cast<std::uint64_t>(&e));
        }
        *events = p.ids.data();
        *count = static_cast<std::uint32_t>(p.ids.size());
    });
}

Result profileGetSubEvents(std::uint64_t, const std::uint64_t** events, std::uint32_t* count) {
    return call(PROFILE_SUB_EVENTS, [&](World&) {
        *events = nullptr;
        *count = 0;
    });
}

Result profileGetEventData(std::uint64_t id, EventData* data) {
    return call(PROFILE_DATA, [&](World&) { *data = *reinterpret_cast<const EventData*>(id); });
}

Result errorGetVerboseMessage(Result error, const char** text) {
    World& w = world();
    std::lock_guard<std::mutex> lock(w.mutex);
    const auto found = w.texts.find(error);
    if (found == w.texts.end()) {
        return 10001;
    }
    *text = strdup(found->second.c_str());
    w.texts.erase(found);
    w.messages.insert(*text);
    return 0;
}

Result errorFreeVerboseMessage(const char* text) {
    World& w = world();
    std::lock_guard<std::mutex> lock(w.mutex);
    if (w.messages.erase(text) == 0) {
        return 10000;
    }
    std::free(const_cast<char*>(text));
    return 0;
}

// ---- system interface ----

Result systemCreate(Handle* context) {
    return call(SYSTEM_CREATE, [&](World& w) { *context = keep(w.systems, std::make_unique<SystemState>()); });
}

Tensor* expose(SystemState& s, const std::vector<const Facts*>& facts) {
    s.tensors.push_back(std::make_unique<std::vector<Tensor>>());
    std::vector<Tensor>& tensors = *s.tensors.back();
    for (const Facts* f : facts) {
        Tensor t{};
        t.version = world().minor >= 27 ? 2 : 1;
        t.id = f->id;
        t.name = f->name.c_str();
        t.kind = f->kind;
        t.type = f->type;
        t.quantization.definition = f->encoding < 0 ? UNDEFINED : DEFINED;
        t.quantization.encoding = f->encoding < 0 ? UNDEFINED : static_cast<std::uint32_t>(f->encoding);
        if (f->encoding == SCALE_OFFSET) {
            t.quantization.tensor = {f->scales[0], f->offsets[0]};
        }
        t.rank = static_cast<std::uint32_t>(f->dims.size());
        t.dims = const_cast<std::uint32_t*>(f->dims.data());
        tensors.push_back(t);
    }
    return tensors.empty() ? nullptr : tensors.data();
}

template <typename I>
void fill(I& info, SystemState& s, std::uint64_t bytes, std::uint32_t graphs) {
    const auto minor = static_cast<std::uint32_t>(world().minor);
    info.backendId = HTP_ID;
    info.buildId = BUILD;
    info.core = {CORE_MAJOR, minor, 0};
    info.backend = {5, minor, 0};
    info.soc = "39";
    info.contextBlob = {3, 1, 2};
    info.contextBytes = bytes;
    info.graphCount = graphs;
    info.graphs = reinterpret_cast<GraphInfo*>(s.graphs.data());
}

Result systemGetBinaryInfo(Handle context, void* binary, std::uint64_t bytes, const BinaryInfo** info, std::uint64_t* infoBytes) {
    return call(SYSTEM_INFO, [&](World& w) {
        SystemState& s = find(w.systems, context, SYSTEM_HANDLE, "system context");
        require(binary != nullptr, 30001, "no binary");
        s.content = deserialize(binary, bytes);
        const bool later = w.minor >= 27;
        // Elements grew from 64 to 88 bytes; what lies between the known fields and the next element is no zero.
        const std::size_t stride = later ? 88 : 64;
        const std::size_t count = s.content->graphs.size();
        s.graphs.assign(stride * count, 0xA5);
        for (std::size_t k = 0; k < count; k++) {
            const GraphState& g = *s.content->graphs[k];
            GraphInfo description{};
            description.version = later ? 3 : 2;
            description.name = g.name.c_str();
            const auto in = g.side(APP_WRITE);
            const auto out = g.side(APP_READ);
            description.inputCount = static_cast<std::uint32_t>(in.size());
            description.inputs = expose(s, in);
            description.outputCount = static_cast<std::uint32_t>(out.size());
            description.outputs = expose(s, out);
            std::memcpy(&s.graphs[k * stride], &description, sizeof description);
        }
        s.info = {};
        s.info.version = later ? 3 : 2;
        if (later) {
            fill(s.info.v3, s, bytes, static_cast<std::uint32_t>(count));
            s.info.v3.socModel = s.content->soc;
        } else {
            fill(s.info.v2, s, bytes, static_cast<std::uint32_t>(count));
        }
        *info = &s.info;
        *infoBytes = sizeof s.info;
    });
}

Result systemFree(Handle context) {
    return call(SYSTEM_FREE, [&](World& w) {
        find(w.systems, context, SYSTEM_HANDLE, "system context");
        w.systems.erase(context);
    });
}

// ---- tables ----

// A structure of `bytes` bytes that ends where an unreadable page begins, so that its size is not overstepped unnoticed.
void* guarded(std::size_t bytes) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t room = (bytes + page - 1) / page * page;
    auto* base = static_cast<unsigned char*>(mmap(nullptr, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base + room, page, PROT_NONE);
    return base + room - bytes;
}

// Slots of the table of a release: 62 in 2.18, 75 in 2.39; earlier ones hold no more than 62.
std::size_t slots(int minor) {
    return minor >= 39 ? 75 : minor >= 32 ? 71 : minor >= 27 ? 68 : 62;
}

const Provider* core(int minor) {
    static std::map<int, Provider*> made;
    Provider*& p = made[minor];
    if (p == nullptr) {
        p = static_cast<Provider*>(guarded(offsetof(Provider, functions) + slots(minor) * 8));
        p->backendId = HTP_ID;
        p->name = NAME;
        p->core = {CORE_MAJOR, static_cast<std::uint32_t>(minor), 0};
        p->backend = {5, static_cast<std::uint32_t>(minor), 0};
        Functions& f = p->functions;
        f.propertyHasCapability = propertyHasCapability;
        f.backendCreate = backendCreate;
        f.backendGetBuildId = getBuildId;
        f.backendValidateOpConfig = backendValidateOpConfig;
        f.backendFree = backendFree;
        f.contextCreate = contextCreate;
        f.contextGetBinarySize = contextGetBinarySize;
        f.contextGetBinary = contextGetBinary;
        f.contextCreateFromBinary = contextCreateFromBinary;
        f.contextFree = contextFree;
        f.graphCreate = graphCreate;
        f.graphAddNode = graphAddNode;
        f.graphFinalize = graphFinalize;
        f.graphRetrieve = graphRetrieve;
        f.graphExecute = graphExecute;
        f.tensorCreateGraphTensor = tensorCreateGraphTensor;
        f.logCreate = logCreate;
        f.logFree = logFree;
        f.profileCreate = profileCreate;
        f.profileGetEvents = profileGetEvents;
        f.profileGetSubEvents = profileGetSubEvents;
        f.profileGetEventData = profileGetEventData;
        f.profileFree = profileFree;
        f.deviceCreate = deviceCreate;
        f.deviceFree = deviceFree;
        f.errorGetVerboseMessage = errorGetVerboseMessage;
        f.errorFreeVerboseMessage = errorFreeVerboseMessage;
    }
    return p;
}

const SystemProvider* system() {
    static SystemProvider* p = [] {
        auto* fresh = static_cast<SystemProvider*>(guarded(sizeof(SystemProvider)));
        fresh->name = SYSTEM_NAME;
        fresh->system = {SYSTEM_MAJOR, 2, 0};
        fresh->functions.contextCreate = systemCreate;
        fresh->functions.contextGetBinaryInfo = systemGetBinaryInfo;
        fresh->functions.contextFree = systemFree;
        return fresh;
    }();
    return p;
}

}  // namespace

}  // namespace conformance

extern "C" {

#define EXPORT __attribute__((visibility("default")))

EXPORT conformance::Result QnnInterface_getProviders(const conformance::Provider*** providers, std::uint32_t* count) {
    return conformance::call(conformance::INTERFACE_PROVIDERS, [&](conformance::World& w) {
        static const conformance::Provider* list[1];
        list[0] = conformance::core(w.minor);
        *providers = list;
        *count = 1;
    });
}

EXPORT conformance::Result QnnSystemInterface_getProviders(const conformance::SystemProvider*** providers, std::uint32_t* count) {
    return conformance::call(conformance::SYSTEM_PROVIDERS, [&](conformance::World&) {
        static const conformance::SystemProvider* list[1];
        list[0] = conformance::system();
        *providers = list;
        *count = 1;
    });
}

// As the recorder's: the test double writes one line, to show where a recording would stand.
EXPORT conformance::Result QnnSaver_initialize(const conformance::SaverConfig** configs) {
    return conformance::call(conformance::SAVER_INITIALIZE, [&](conformance::World&) {
        std::string folder;
        std::uint32_t backend = 0;
        for (; *configs != nullptr; configs++) {
            if ((*configs)->option == conformance::SAVER_FOLDER) {
                folder = (*configs)->folder;
            } else if ((*configs)->option == conformance::SAVER_BACKEND) {
                backend = (*configs)->backendId;
            }
        }
        conformance::require(backend == conformance::HTP_ID, 4950, "options of the HTP are recorded for back end 6 only");
        std::FILE* file = std::fopen((folder + "/saver_output.c").c_str(), "w");
        conformance::require(file != nullptr, 4950, "cannot write to " + folder);
        std::fputs("/* test double: a real recorder writes the calls here */\n", file);
        std::fclose(file);
    });
}

// Native methods of org.autoneural.qnn.TestDouble: numbers only, so the JNI header is not needed.
EXPORT void Java_org_autoneural_qnn_TestDouble_api(void*, void*, std::int32_t minor) {
    conformance::world().minor = minor;
}

EXPORT std::int64_t Java_org_autoneural_qnn_TestDouble_live(void*, void*) {
    return conformance::world().live();
}

EXPORT std::int32_t Java_org_autoneural_qnn_TestDouble_calls(void*, void*) {
    return conformance::CALLS;
}

// How often a call has been made.
EXPORT std::int64_t Java_org_autoneural_qnn_TestDouble_count(void*, void*, std::int32_t call) {
    return conformance::world().calls[call];
}

// A call fails once, after `after` more that succeed; a negative one clears.
EXPORT void Java_org_autoneural_qnn_TestDouble_fault(void*, void*, std::int32_t call, std::int64_t after) {
    conformance::world().fault = call;
    conformance::world().faultAfter = after;
}

EXPORT std::int32_t Java_org_autoneural_qnn_TestDouble_faultCode(void*, void*, std::int32_t call) {
    return static_cast<std::int32_t>(conformance::FAULT_CODES[call]);
}

// Byte `at` of the name of a call; 0 behind its end.
EXPORT std::int32_t Java_org_autoneural_qnn_TestDouble_letter(void*, void*, std::int32_t call, std::int32_t at) {
    return conformance::CALL_NAMES[call][at];
}

}  // extern "C"
