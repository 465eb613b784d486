package org.autoneural.benchmarks.full;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Full-size commands; {@code benchmarks/README.md} shows how they are started. */
public final class FullSize {
    private static final String USAGE = "give: generate autoneural-1.5b|lfm2-350m FOLDER, or: structure autoneural-1.5b|lfm2-350m FOLDER,"
            + " or: check GOLDENS CHECKPOINTS [--details] [CASE...]"
            + " with cases " + FullSizeCheck.CASES;

    private FullSize() {
    }

    /**
     * {@code generate MODEL FOLDER} writes a synthetic checkpoint to FOLDER; {@code structure MODEL FOLDER} one whose weights are
     * holes, for commands that look at structure alone. {@code check GOLDENS CHECKPOINTS [CASE...]} runs
     * the float path of CHECKPOINTS/autoneural-1.5b and CHECKPOINTS/lfm2-350m and compares it with GOLDENS (goldens/full);
     * {@code --details} prints every comparison. The exit code is 1 when one is beyond its limit.
     */
    public static void main(String[] args) throws IOException {
        if (args.length == 3 && args[0].equals("generate")) {
            SyntheticModel.named(args[1]).write(Path.of(args[2]));
        } else if (args.length == 3 && args[0].equals("structure")) {
            SyntheticModel.named(args[1]).writeStructure(Path.of(args[2]));
        } else if (args.length >= 3 && args[0].equals("check")) {
            List<String> rest = Arrays.asList(args).subList(3, args.length);
            List<String> cases = rest.stream().filter(a -> !a.startsWith("--")).toList();
            FullSizeCheck check = new FullSizeCheck(Path.of(args[1]), Path.of(args[2]), rest.contains("--details"));
            System.exit(check.run(cases.isEmpty() ? FullSizeCheck.CASES : cases) ? 0 : 1);
        } else {
            System.err.println("cannot run " + Arrays.toString(args) + "; " + USAGE);
            System.exit(2);
        }
    }
}
