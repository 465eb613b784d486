package org.autoneural.qnn.binding;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.autoneural.qnn.binding.GraphInfo.TensorInfo;

/**
 * What the system library tells of a context binary.
 *
 * @param buildId    build of the SDK that wrote it
 * @param core       core API that wrote it
 * @param backendApi API of the back end; its minor is the SDK's
 * @param blob       version of the binary's format
 * @param soc        the vendor's number of the SoC; 0 when the release does not tell
 */
public record BinaryInfo(String buildId, ApiVersion core, ApiVersion backendApi, ApiVersion blob, int soc, List<GraphInfo> graphs) {
    public BinaryInfo {
        graphs = List.copyOf(graphs);
    }

    static BinaryInfo of(Shim.Info info) {
        List<GraphInfo> graphs = new ArrayList<>();
        for (int g = 0; g < number(info, 11); g++) {
            graphs.add(new GraphInfo(Shim.text(Shim.aqnn_info_graph(info, g)), tensors(info, g, 0), tensors(info, g, 1)));
        }
        return new BinaryInfo(Shim.text(Shim.aqnn_info_text(info, 0)), version(info, 1), version(info, 4), version(info, 7), number(info, 10), graphs);
    }

    private static List<TensorInfo> tensors(Shim.Info info, int graph, int output) {
        List<TensorInfo> tensors = new ArrayList<>();
        for (int t = 0; t < Shim.aqnn_info_tensor_count(info, graph, output); t++) {
            List<Integer> dims = new ArrayList<>();
            for (int d = 0; d < Shim.aqnn_info_tensor_number(info, graph, output, t, 3); d++) {
                dims.add((int) Shim.aqnn_info_tensor_number(info, graph, output, t, 4 + d));
            }
            boolean encoded = Shim.aqnn_info_tensor_number(info, graph, output, t, -1) == 0;
            tensors.add(new TensorInfo(Shim.text(Shim.aqnn_info_tensor_name(info, graph, output, t)),
                    (int) Shim.aqnn_info_tensor_number(info, graph, output, t, 2), dims,
                    encoded ? Optional.of(Shim.aqnn_info_tensor_scale(info, graph, output, t)) : Optional.empty(),
                    encoded ? Shim.aqnn_info_tensor_offset(info, graph, output, t) : 0));
        }
        return tensors;
    }

    private static int number(Shim.Info info, int which) {
        return Shim.aqnn_info_number(info, which);
    }

    private static ApiVersion version(Shim.Info info, int from) {
        return new ApiVersion(number(info, from), number(info, from + 1), number(info, from + 2));
    }
}
