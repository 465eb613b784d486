package org.autoneural.qnn.binding;

import java.net.URL;
import java.nio.charset.StandardCharsets;
import org.autoneural.backend.LibraryCache;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Const;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Opaque;
import org.bytedeco.javacpp.annotation.Platform;

/** The functions of {@code src/main/native/shim.h}, which describes them; {@link QnnDriver} and the classes around it call them. */
@Platform(include = "shim.h")
@NoException
final class Shim {
    static {
        URL library = Shim.class.getResource(Loader.getPlatform() + "/" + System.mapLibraryName("jniShim"));
        if (library != null) {
            LibraryCache.refresh(library, Loader::cacheResource);
        }
        Loader.load(Shim.class);
    }

    private Shim() {
    }

    @Opaque
    @Name("aqnn_backend")
    static final class Backend extends Pointer {
        Backend(Pointer p) {
            super(p);
        }
    }

    @Opaque
    @Name("aqnn_context")
    static final class Context extends Pointer {
        Context(Pointer p) {
            super(p);
        }
    }

    @Opaque
    @Name("aqnn_graph")
    static final class Graph extends Pointer {
        Graph(Pointer p) {
            super(p);
        }
    }

    @Opaque
    @Name("aqnn_execution")
    static final class Execution extends Pointer {
        Execution(Pointer p) {
            super(p);
        }
    }

    @Opaque
    @Name("aqnn_info")
    static final class Info extends Pointer {
        Info(Pointer p) {
            super(p);
        }
    }

    @Opaque
    @Name("aqnn_profile")
    static final class Profile extends Pointer {
        Profile(Pointer p) {
            super(p);
        }
    }

    /** UTF-8 with a zero behind it. */
    static byte[] text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        byte[] ended = new byte[utf8.length + 1];
        System.arraycopy(utf8, 0, ended, 0, utf8.length);
        return ended;
    }

    static String text(BytePointer text) {
        return text == null ? "" : text.getString(StandardCharsets.UTF_8);
    }

    static native @Cast("const char*") BytePointer aqnn_error_call();

    static native @Cast("uint64_t") long aqnn_error_code();

    static native @Cast("const char*") BytePointer aqnn_error_detail();

    static native @Cast("int64_t") long aqnn_live_objects();

    static native Backend aqnn_backend_open(@Cast("const char*") byte[] library, @Cast("const char*") byte[] saverFolder,
            @Cast("uint32_t") int soc, @Cast("uint32_t") int arch, @Cast("uint32_t") int vtcmMb, int offline, int logLevel);

    static native int aqnn_backend_free(Backend backend);

    static native @Cast("uint32_t") int aqnn_backend_number(Backend backend, int which);

    static native @Cast("const char*") BytePointer aqnn_backend_text(Backend backend, int which);

    static native Profile aqnn_profile_create(Backend backend, int level);

    static native int aqnn_profile_free(Profile profile);

    static native int aqnn_profile_fetch(Profile profile);

    static native @Cast("uint64_t") long aqnn_profile_number(Profile profile, int event, int which);

    static native @Cast("const char*") BytePointer aqnn_profile_text(Profile profile, int event);

    static native Context aqnn_context_create(Backend backend);

    static native Context aqnn_context_from_binary(Backend backend, @Const Pointer data, @Cast("uint64_t") long bytes, Profile profile);

    static native int aqnn_context_free(Context context);

    static native @Cast("int64_t") long aqnn_context_binary_bytes(Context context);

    static native @Cast("int64_t") long aqnn_context_binary(Context context, Pointer data, @Cast("uint64_t") long bytes);

    static native Graph aqnn_graph_create(Context context, @Cast("const char*") byte[] name, @Cast("uint32_t") int vtcmMb,
            @Cast("uint32_t") int hvxThreads, float optimization);

    static native int aqnn_tensor(Graph graph, @Cast("const char*") byte[] name, @Cast("uint32_t") int kind, @Cast("uint32_t") int type,
            int rank, @Cast("const int32_t*") int[] dims, int encoding, int axis, int bits, int count, @Const float[] scales,
            @Cast("const int32_t*") int[] offsets, @Const Pointer data, @Cast("uint64_t") long bytes);

    static native int aqnn_param_scalar(Graph graph, @Cast("const char*") byte[] name, @Cast("uint32_t") int type, @Cast("uint64_t") long bits);

    static native int aqnn_param_tensor(Graph graph, @Cast("const char*") byte[] name, int tensor);

    static native int aqnn_node(Graph graph, @Cast("const char*") byte[] name, @Cast("const char*") byte[] op,
            @Cast("const int32_t*") int[] inputs, int inputCount, @Cast("const int32_t*") int[] outputs, int outputCount);

    static native int aqnn_graph_finalize(Graph graph, Profile profile);

    static native int aqnn_system_check(@Cast("const char*") byte[] systemLibrary);

    static native Info aqnn_info_read(@Cast("const char*") byte[] systemLibrary, Pointer binary, @Cast("uint64_t") long bytes);

    static native int aqnn_info_free(Info info);

    static native @Cast("uint32_t") int aqnn_info_number(Info info, int which);

    static native @Cast("const char*") BytePointer aqnn_info_text(Info info, int which);

    static native @Cast("const char*") BytePointer aqnn_info_graph(Info info, int graph);

    static native int aqnn_info_tensor_count(Info info, int graph, int output);

    static native @Cast("const char*") BytePointer aqnn_info_tensor_name(Info info, int graph, int output, int tensor);

    static native @Cast("int64_t") long aqnn_info_tensor_number(Info info, int graph, int output, int tensor, int which);

    static native float aqnn_info_tensor_scale(Info info, int graph, int output, int tensor);

    static native @Cast("int32_t") int aqnn_info_tensor_offset(Info info, int graph, int output, int tensor);

    static native Execution aqnn_execution_create(Context context, Info info, int graph);

    static native int aqnn_execution_free(Execution execution);

    static native int aqnn_execution_bind(Execution execution, int output, int tensor, Pointer data, @Cast("uint64_t") long bytes);

    static native int aqnn_execution_run(Execution execution, Profile profile);

    static native Pointer aqnn_memory(@Cast("uint64_t") long bytes);

    static native void aqnn_memory_free(Pointer memory);
}
