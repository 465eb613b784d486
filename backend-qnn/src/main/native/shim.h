/*
 * What Java calls: the QNN libraries as handles and flat arrays. Structures of the library never pass this line.
 *
 * A function that returns a pointer returns NULL, one that returns int returns -1 when it fails; aqnn_error_... then tell why, on
 * the same thread. Strings are UTF-8 and end with a zero; those given are copied, those returned live as long as their object.
 * Objects are freed in the opposite order of their making; freeing one always releases it here, also when the library objects.
 * No object may be used by two threads at once.
 */
#ifndef AUTONEURAL_QNN_SHIM_H
#define AUTONEURAL_QNN_SHIM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aqnn_backend aqnn_backend;
typedef struct aqnn_context aqnn_context;
typedef struct aqnn_graph aqnn_graph;
typedef struct aqnn_execution aqnn_execution;
typedef struct aqnn_info aqnn_info;
typedef struct aqnn_profile aqnn_profile;

/* The last failure on this thread. The call is the library's function, or what the shim did itself (then the code is 0). */
const char* aqnn_error_call(void);
uint64_t aqnn_error_code(void);
const char* aqnn_error_detail(void);

/* Objects that are alive in the shim, of all kinds: 0 after everything is closed. */
int64_t aqnn_live_objects(void);

/*
 * Opens a back-end library, checks its version, makes log, back end and device.
 * saver_folder: empty, or where a recording library (Saver) is to write the calls, as those of the HTP.
 * offline: describe the chip to a library that has none (host); otherwise name the SoC to the one that is there.
 * log_level: 1 errors to 5 everything; lines go to the detail of the next error, those above level 2 to the error stream.
 */
aqnn_backend* aqnn_backend_open(const char* library, const char* saver_folder, uint32_t soc, uint32_t arch, uint32_t vtcm_mb,
        int offline, int log_level);
int aqnn_backend_free(aqnn_backend* backend);
/* which: 0 back-end id, 1-3 core API version, 4-6 back-end API version */
uint32_t aqnn_backend_number(aqnn_backend* backend, int which);
/* which: 0 provider name, 1 build id */
const char* aqnn_backend_text(aqnn_backend* backend, int which);

aqnn_profile* aqnn_profile_create(aqnn_backend* backend, int level);
int aqnn_profile_free(aqnn_profile* profile);
/* Fetches what has been recorded, depth first; the number of events. */
int aqnn_profile_fetch(aqnn_profile* profile);
/* which: 0 type, 1 unit, 2 value, 3 depth */
uint64_t aqnn_profile_number(aqnn_profile* profile, int event, int which);
const char* aqnn_profile_text(aqnn_profile* profile, int event);

aqnn_context* aqnn_context_create(aqnn_backend* backend);
aqnn_context* aqnn_context_from_binary(aqnn_backend* backend, const void* data, uint64_t bytes, aqnn_profile* profile);
int aqnn_context_free(aqnn_context* context);
/* Bytes that aqnn_context_binary needs; -1 on failure. */
int64_t aqnn_context_binary_bytes(aqnn_context* context);
/* Writes the binary and returns its length; -1 on failure. */
int64_t aqnn_context_binary(aqnn_context* context, void* data, uint64_t bytes);

/* Graphs live as long as their context. hvx_threads and vtcm_mb: 0 leaves the choice to the library. */
aqnn_graph* aqnn_graph_create(aqnn_context* context, const char* name, uint32_t vtcm_mb, uint32_t hvx_threads, float optimization);
/*
 * Declares a tensor; its number, counted from 0, stands for it in nodes. -1 on failure.
 * encoding: -1 none, or the library's number: 0 scale and offset, 1 per axis, 2 narrow, 3 narrow per axis (bits wide).
 * data: elements of a static tensor, copied; NULL otherwise.
 */
int aqnn_tensor(aqnn_graph* graph, const char* name, uint32_t kind, uint32_t type, int rank, const int32_t* dims, int encoding,
        int axis, int bits, int count, const float* scales, const int32_t* offsets, const void* data, uint64_t bytes);
/* Parameters of the next node. bits: the value's bits, in the low end. */
int aqnn_param_scalar(aqnn_graph* graph, const char* name, uint32_t type, uint64_t bits);
int aqnn_param_tensor(aqnn_graph* graph, const char* name, int tensor);
/* Has the library validate the node and adds it. */
int aqnn_node(aqnn_graph* graph, const char* name, const char* op, const int32_t* inputs, int input_count, const int32_t* outputs,
        int output_count);
/* Finalizes and lets go of the copies. */
int aqnn_graph_finalize(aqnn_graph* graph, aqnn_profile* profile);

/* Whether this is a system library that serves us: 0, or -1 and the reason. */
int aqnn_system_check(const char* system_library);
/* What the system library tells of a context binary. */
aqnn_info* aqnn_info_read(const char* system_library, void* binary, uint64_t bytes);
int aqnn_info_free(aqnn_info* info);
/* which: 0 back-end id, 1-3 core API, 4-6 back-end API, 7-9 version of the binary, 10 SoC (0 unknown), 11 graphs, 12-14 system API */
uint32_t aqnn_info_number(aqnn_info* info, int which);
/* which: 0 build id, 1 SoC version, 2 system provider */
const char* aqnn_info_text(aqnn_info* info, int which);
const char* aqnn_info_graph(aqnn_info* info, int graph);
/* Tensors of a graph: its inputs, then its outputs. output: 0 inputs, 1 outputs */
int aqnn_info_tensor_count(aqnn_info* info, int graph, int output);
const char* aqnn_info_tensor_name(aqnn_info* info, int graph, int output, int tensor);
/* which: 0 id, 1 kind, 2 type, 3 rank, 4 and on the dimensions, -1 encoding (-1 none) */
int64_t aqnn_info_tensor_number(aqnn_info* info, int graph, int output, int tensor, int which);
float aqnn_info_tensor_scale(aqnn_info* info, int graph, int output, int tensor);
int32_t aqnn_info_tensor_offset(aqnn_info* info, int graph, int output, int tensor);

/* Makes graph number `graph` of a context binary executable; info may be freed afterwards. */
aqnn_execution* aqnn_execution_create(aqnn_context* context, aqnn_info* info, int graph);
int aqnn_execution_free(aqnn_execution* execution);
/* Memory of an input or output; it must outlive the last run. */
int aqnn_execution_bind(aqnn_execution* execution, int output, int tensor, void* data, uint64_t bytes);
int aqnn_execution_run(aqnn_execution* execution, aqnn_profile* profile);

/* Zeroed memory for tensors, at multiples of 128 bytes. */
void* aqnn_memory(uint64_t bytes);
void aqnn_memory_free(void* memory);

#ifdef __cplusplus
}
#endif
#endif
