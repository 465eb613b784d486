// The binary interface of the QNN libraries (core API 2.14 and later, LP64) as far as this project calls it, in our own words:
// every size and offset is asserted below. No vendor header is needed or used. docs/qnn.md says where the numbers come from.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>

namespace autoneural::qnn {

// 0 is success; the error number is in the low 16 bits.
using Result = std::uint64_t;
// Objects of the library: backend, device, context, graph, log, profile, system context.
using Handle = void*;

constexpr std::uint32_t UNDEFINED = 0x7fffffff;
constexpr std::uint32_t CORE_MAJOR = 2;
// Tensors have had their present size since core API 2.14 (SDK 2.20).
constexpr std::uint32_t CORE_MINOR = 14;
constexpr std::uint32_t SYSTEM_MAJOR = 1;
// Error number of the recorder for calls that it has recorded and cannot answer.
constexpr std::uint32_t SAVER_RECORDED = 4950;

// Values of enumerations that the shim or the conformance provider name.
enum DataType : std::uint32_t {
    INT_8 = 8, INT_16 = 22, INT_32 = 50, INT_64 = 100, UINT_8 = 264, UINT_16 = 278, UINT_32 = 306, UINT_64 = 356,
    FLOAT_16 = 534, FLOAT_32 = 562, FLOAT_64 = 612, SFIXED_8 = 776, SFIXED_16 = 790, SFIXED_32 = 818, UFIXED_8 = 1032,
    UFIXED_16 = 1046, UFIXED_32 = 1074, BOOL_8 = 1288
};
enum TensorKind : std::uint32_t { APP_WRITE = 0, APP_READ = 1, NATIVE = 3, STATIC = 4 };
enum MemoryKind : std::uint32_t { RAW = 0 };
enum Definition : std::uint32_t { DEFINED = 1 };
enum Encoding : std::uint32_t { SCALE_OFFSET = 0, AXIS_SCALE_OFFSET = 1, BW_SCALE_OFFSET = 2, BW_AXIS_SCALE_OFFSET = 3 };
enum ParamKind : std::uint32_t { SCALAR = 0, TENSOR = 1 };
enum BackendId : std::uint32_t { SAVER_ID = 2, HTP_ID = 6 };
enum DeviceOption : std::uint32_t { DEVICE_CUSTOM = 0, DEVICE_PLATFORM = 1 };
enum HtpDeviceOption : std::uint32_t { HTP_DEVICE_SOC = 0 };
enum GraphOption : std::uint32_t { GRAPH_CUSTOM = 0 };
enum HtpGraphOption : std::uint32_t { HTP_OPTIMIZATION = 1, HTP_VTCM_MB = 3, HTP_HVX_THREADS = 6 };
enum HtpOptimization : std::uint32_t { FINALIZE_FLAG = 3 };
enum SaverOption : std::uint32_t { SAVER_FOLDER = 0, SAVER_BACKEND = 2 };

struct Version {
    std::uint32_t major, minor, patch;
};

// real = (q + offset) * scale
struct ScaleOffset {
    float scale;
    std::int32_t offset;
};
struct AxisScaleOffset {
    std::int32_t axis;
    std::uint32_t count;
    ScaleOffset* entries;
};
struct WidthScaleOffset {
    std::uint32_t bits;
    float scale;
    std::int32_t offset;
};
struct WidthAxisScaleOffset {
    std::uint32_t bits;
    std::int32_t axis;
    std::uint32_t count;
    float* scales;
    std::int32_t* offsets;
};
struct Quantization {
    std::uint32_t definition;
    std::uint32_t encoding;
    union {
        ScaleOffset tensor;
        AxisScaleOffset axis;
        WidthScaleOffset narrow;
        WidthAxisScaleOffset narrowAxis;
        std::uint64_t room[4];
    };
};
struct ClientBuffer {
    void* data;
    std::uint32_t bytes;
};
// Versions 1 and 2 share the fields up to `buffer`; those behind it are of version 2. Here and below, what follows a version is
// a structure of its own to the library, aligned to 8.
struct Tensor {
    std::uint32_t version;
    alignas(8) std::uint32_t id;
    const char* name;
    std::uint32_t kind;
    std::uint32_t format;
    std::uint32_t type;
    Quantization quantization;
    std::uint32_t rank;
    std::uint32_t* dims;
    std::uint32_t memory;
    ClientBuffer buffer;
    std::uint8_t* dynamicDims;
    std::uint32_t sparse[3];
    std::uint8_t produced;
};
struct Scalar {
    std::uint32_t type;
    union {
        float f32;
        std::uint32_t u32;
        std::int32_t i32;
        std::uint8_t b8;
        std::uint64_t bits;
    };
};
struct Param {
    std::uint32_t kind;
    const char* name;
    union {
        Scalar scalar;
        Tensor tensor;
    };
};
struct OpConfig {
    std::uint32_t version;
    const char* name;
    const char* package;
    const char* type;
    std::uint32_t paramCount;
    Param* params;
    std::uint32_t inputCount;
    Tensor* inputs;
    std::uint32_t outputCount;
    Tensor* outputs;
};
// One option of a back end, device, context or graph; lists of them are arrays of pointers that end with a null pointer.
struct Config {
    std::uint32_t option;
    union {
        void* custom;
        std::uint32_t number;
    };
};
struct SaverConfig {
    std::uint32_t option;
    union {
        const char* folder;
        std::uint32_t backendId;
    };
    std::uint64_t room;
};
// The SoC's id at both places that releases of the SDK read.
struct HtpDeviceConfig {
    std::uint32_t option;
    std::uint32_t soc;
    std::uint32_t socLater;
    std::uint32_t room[3];
};
struct HtpOptimizationValue {
    std::uint32_t type;
    float value;
};
struct HtpGraphConfig {
    std::uint32_t option;
    union {
        HtpOptimizationValue optimization;
        std::uint32_t megabytes;
        std::uint64_t threads;
        std::uint64_t room[6];
    };
};
struct OnChip {
    std::uint64_t vtcmMegabytes;
    std::uint32_t soc;
    bool signedDomain;
    bool dlbc;
    std::uint32_t arch;
};
struct HtpDeviceInfo {
    std::uint32_t type;
    OnChip chip;
};
struct Core {
    std::uint32_t version;
    alignas(8) std::uint32_t id;
    std::uint32_t type;
    void* extension;
};
struct HardwareDevice {
    std::uint32_t version;
    alignas(8) std::uint32_t id;
    std::uint32_t type;
    std::uint32_t coreCount;
    Core* cores;
    HtpDeviceInfo* extension;
};
struct PlatformInfo {
    std::uint32_t version;
    alignas(8) std::uint32_t deviceCount;
    HardwareDevice* devices;
};
struct EventData {
    std::uint32_t type;
    std::uint32_t unit;
    std::uint64_t value;
    const char* identifier;
};

using LogCallback = void (*)(const char* format, std::uint32_t level, std::uint64_t time, std::va_list values);

// The core interface's functions by slot. A table of core API 2.18 has 62 slots; nothing behind them is read, and an empty slot
// is allowed. A slot with the type void* is not called by us.
struct Functions {
    Result (*propertyHasCapability)(std::uint32_t key);
    Result (*backendCreate)(Handle log, const Config** configs, Handle* backend);
    void* slot2;
    void* slot3;
    Result (*backendGetBuildId)(const char** id);
    void* slot5;
    void* slot6;
    Result (*backendValidateOpConfig)(Handle backend, OpConfig op);
    Result (*backendFree)(Handle backend);
    Result (*contextCreate)(Handle backend, Handle device, const Config** configs, Handle* context);
    void* slot10;
    Result (*contextGetBinarySize)(Handle context, std::uint64_t* bytes);
    Result (*contextGetBinary)(Handle context, void* data, std::uint64_t bytes, std::uint64_t* written);
    Result (*contextCreateFromBinary)(Handle backend, Handle device, const Config** configs, const void* data, std::uint64_t bytes,
            Handle* context, Handle profile);
    Result (*contextFree)(Handle context, Handle profile);
    Result (*graphCreate)(Handle context, const char* name, const Config** configs, Handle* graph);
    void* slot16;
    void* slot17;
    Result (*graphAddNode)(Handle graph, OpConfig op);
    Result (*graphFinalize)(Handle graph, Handle profile, Handle signal);
    Result (*graphRetrieve)(Handle context, const char* name, Handle* graph);
    Result (*graphExecute)(Handle graph, const Tensor* inputs, std::uint32_t inputCount, Tensor* outputs, std::uint32_t outputCount,
            Handle profile, Handle signal);
    void* slot22;
    void* slot23;
    Result (*tensorCreateGraphTensor)(Handle graph, Tensor* tensor);
    Result (*logCreate)(LogCallback callback, std::uint32_t level, Handle* log);
    void* slot26;
    Result (*logFree)(Handle log);
    Result (*profileCreate)(Handle backend, std::uint32_t level, Handle* profile);
    void* slot29;
    Result (*profileGetEvents)(Handle profile, const std::uint64_t** events, std::uint32_t* count);
    Result (*profileGetSubEvents)(std::uint64_t event, const std::uint64_t** events, std::uint32_t* count);
    Result (*profileGetEventData)(std::uint64_t event, EventData* data);
    void* slot33;
    Result (*profileFree)(Handle profile);
    void* slots35[5];
    Result (*deviceCreate)(Handle log, const Config** configs, Handle* device);
    void* slot41;
    void* slot42;
    Result (*deviceFree)(Handle device);
    void* slots44[4];
    Result (*errorGetMessage)(Result error, const char** text);
    Result (*errorGetVerboseMessage)(Result error, const char** text);
    Result (*errorFreeVerboseMessage)(const char* text);
    void* slots51[11];
};
struct Provider {
    std::uint32_t backendId;
    const char* name;
    Version core;
    Version backend;
    Functions functions;
};

// What a system library tells of a graph in a context binary. Elements of an array lie `stride` bytes apart, not sizeof: see shim.cpp.
struct GraphInfo {
    std::uint32_t version;
    const char* name;
    std::uint32_t inputCount;
    Tensor* inputs;
    std::uint32_t outputCount;
    Tensor* outputs;
};
// Versions 1 and 2.
struct BinaryInfo2 {
    std::uint32_t backendId;
    const char* buildId;
    Version core;
    Version backend;
    const char* soc;
    Version hardwareBlob;
    Version contextBlob;
    std::uint32_t hardwareBytes;
    void* hardware;
    std::uint64_t contextBytes;
    std::uint32_t tensorCount;
    Tensor* tensors;
    std::uint32_t graphCount;
    GraphInfo* graphs;
    PlatformInfo* platform;
};
struct BinaryInfo3 {
    std::uint32_t backendId;
    const char* buildId;
    Version core;
    Version backend;
    const char* soc;
    Version contextBlob;
    std::uint64_t contextBytes;
    std::uint32_t tensorCount;
    Tensor* tensors;
    std::uint32_t graphCount;
    GraphInfo* graphs;
    PlatformInfo* platform;
    std::uint32_t metadataBytes;
    void* metadata;
    std::uint32_t socModel;
};
struct BinaryInfo {
    std::uint32_t version;
    union {
        BinaryInfo2 v2;
        BinaryInfo3 v3;
    };
};
// The system interface's functions by slot; later slots differ between releases and are not used.
struct SystemFunctions {
    Result (*contextCreate)(Handle* context);
    Result (*contextGetBinaryInfo)(Handle context, void* binary, std::uint64_t bytes, const BinaryInfo** info, std::uint64_t* infoBytes);
    void* slot2;
    Result (*contextFree)(Handle context);
};
struct SystemProvider {
    std::uint32_t backendId;
    const char* name;
    Version system;
    SystemFunctions functions;
};

using GetProviders = Result (*)(const Provider*** providers, std::uint32_t* count);
using GetSystemProviders = Result (*)(const SystemProvider*** providers, std::uint32_t* count);
using SaverInitialize = Result (*)(const SaverConfig** configs);

#define AT(type, field, offset) static_assert(offsetof(type, field) == (offset), #type "." #field)
#define SIZE(type, bytes) static_assert(sizeof(type) == (bytes), #type)

static_assert(sizeof(void*) == 8, "LP64 only");
SIZE(Version, 12);
SIZE(ScaleOffset, 8);
SIZE(AxisScaleOffset, 16);
AT(AxisScaleOffset, count, 4);
AT(AxisScaleOffset, entries, 8);
SIZE(WidthScaleOffset, 12);
AT(WidthScaleOffset, scale, 4);
AT(WidthScaleOffset, offset, 8);
SIZE(WidthAxisScaleOffset, 32);
AT(WidthAxisScaleOffset, axis, 4);
AT(WidthAxisScaleOffset, count, 8);
AT(WidthAxisScaleOffset, scales, 16);
AT(WidthAxisScaleOffset, offsets, 24);
SIZE(Quantization, 40);
AT(Quantization, encoding, 4);
AT(Quantization, tensor, 8);
SIZE(ClientBuffer, 16);
AT(ClientBuffer, bytes, 8);
SIZE(Tensor, 144);
AT(Tensor, id, 8);
AT(Tensor, name, 16);
AT(Tensor, kind, 24);
AT(Tensor, format, 28);
AT(Tensor, type, 32);
AT(Tensor, quantization, 40);
AT(Tensor, rank, 80);
AT(Tensor, dims, 88);
AT(Tensor, memory, 96);
AT(Tensor, buffer, 104);
AT(Tensor, dynamicDims, 120);
AT(Tensor, sparse, 128);
AT(Tensor, produced, 140);
SIZE(Scalar, 16);
AT(Scalar, bits, 8);
SIZE(Param, 160);
AT(Param, name, 8);
AT(Param, scalar, 16);
SIZE(OpConfig, 80);
AT(OpConfig, name, 8);
AT(OpConfig, package, 16);
AT(OpConfig, type, 24);
AT(OpConfig, paramCount, 32);
AT(OpConfig, params, 40);
AT(OpConfig, inputCount, 48);
AT(OpConfig, inputs, 56);
AT(OpConfig, outputCount, 64);
AT(OpConfig, outputs, 72);
SIZE(Config, 16);
AT(Config, custom, 8);
SIZE(SaverConfig, 24);
AT(SaverConfig, folder, 8);
SIZE(HtpDeviceConfig, 24);
AT(HtpDeviceConfig, soc, 4);
AT(HtpDeviceConfig, socLater, 8);
SIZE(HtpOptimizationValue, 8);
SIZE(HtpGraphConfig, 56);
AT(HtpGraphConfig, optimization, 8);
SIZE(OnChip, 24);
AT(OnChip, soc, 8);
AT(OnChip, signedDomain, 12);
AT(OnChip, dlbc, 13);
AT(OnChip, arch, 16);
SIZE(HtpDeviceInfo, 32);
AT(HtpDeviceInfo, chip, 8);
SIZE(Core, 24);
AT(Core, id, 8);
AT(Core, type, 12);
AT(Core, extension, 16);
SIZE(HardwareDevice, 40);
AT(HardwareDevice, id, 8);
AT(HardwareDevice, type, 12);
AT(HardwareDevice, coreCount, 16);
AT(HardwareDevice, cores, 24);
AT(HardwareDevice, extension, 32);
SIZE(PlatformInfo, 24);
AT(PlatformInfo, deviceCount, 8);
AT(PlatformInfo, devices, 16);
SIZE(EventData, 24);
AT(EventData, value, 8);
AT(EventData, identifier, 16);
SIZE(Functions, 62 * 8);
AT(Functions, backendCreate, 1 * 8);
AT(Functions, backendGetBuildId, 4 * 8);
AT(Functions, backendValidateOpConfig, 7 * 8);
AT(Functions, backendFree, 8 * 8);
AT(Functions, contextCreate, 9 * 8);
AT(Functions, contextGetBinarySize, 11 * 8);
AT(Functions, contextGetBinary, 12 * 8);
AT(Functions, contextCreateFromBinary, 13 * 8);
AT(Functions, contextFree, 14 * 8);
AT(Functions, graphCreate, 15 * 8);
AT(Functions, graphAddNode, 18 * 8);
AT(Functions, graphFinalize, 19 * 8);
AT(Functions, graphRetrieve, 20 * 8);
AT(Functions, graphExecute, 21 * 8);
AT(Functions, tensorCreateGraphTensor, 24 * 8);
AT(Functions, logCreate, 25 * 8);
AT(Functions, logFree, 27 * 8);
AT(Functions, profileCreate, 28 * 8);
AT(Functions, profileGetEvents, 30 * 8);
AT(Functions, profileGetSubEvents, 31 * 8);
AT(Functions, profileGetEventData, 32 * 8);
AT(Functions, profileFree, 34 * 8);
AT(Functions, deviceCreate, 40 * 8);
AT(Functions, deviceFree, 43 * 8);
AT(Functions, errorGetMessage, 48 * 8);
AT(Functions, errorGetVerboseMessage, 49 * 8);
AT(Functions, errorFreeVerboseMessage, 50 * 8);
AT(Provider, name, 8);
AT(Provider, core, 16);
AT(Provider, backend, 28);
AT(Provider, functions, 40);
SIZE(GraphInfo, 48);
AT(GraphInfo, name, 8);
AT(GraphInfo, inputCount, 16);
AT(GraphInfo, inputs, 24);
AT(GraphInfo, outputCount, 32);
AT(GraphInfo, outputs, 40);
SIZE(BinaryInfo, 144);
AT(BinaryInfo, v2, 8);
SIZE(BinaryInfo2, 136);
AT(BinaryInfo2, buildId, 8);
AT(BinaryInfo2, core, 16);
AT(BinaryInfo2, backend, 28);
AT(BinaryInfo2, soc, 40);
AT(BinaryInfo2, contextBlob, 60);
AT(BinaryInfo2, hardware, 80);
AT(BinaryInfo2, contextBytes, 88);
AT(BinaryInfo2, tensors, 104);
AT(BinaryInfo2, graphCount, 112);
AT(BinaryInfo2, graphs, 120);
AT(BinaryInfo2, platform, 128);
SIZE(BinaryInfo3, 136);
AT(BinaryInfo3, soc, 40);
AT(BinaryInfo3, contextBlob, 48);
AT(BinaryInfo3, contextBytes, 64);
AT(BinaryInfo3, tensors, 80);
AT(BinaryInfo3, graphCount, 88);
AT(BinaryInfo3, graphs, 96);
AT(BinaryInfo3, platform, 104);
AT(BinaryInfo3, metadata, 120);
AT(BinaryInfo3, socModel, 128);
SIZE(SystemFunctions, 4 * 8);
AT(SystemFunctions, contextFree, 3 * 8);
AT(SystemProvider, name, 8);
AT(SystemProvider, system, 16);
AT(SystemProvider, functions, 32);

#undef AT
#undef SIZE

}  // namespace autoneural::qnn
