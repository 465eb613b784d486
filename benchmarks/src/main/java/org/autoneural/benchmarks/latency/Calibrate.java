package org.autoneural.benchmarks.latency;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.autoneural.backend.Measurement;
import org.autoneural.model.zoo.Measurements;
import org.autoneural.sim.cost.Calibration;

/** Fits the latency model to the measurements beside this class and prints how far it may be trusted. */
public final class Calibrate {
    static final String DEVICE = "sa8295p";
    /** Built on 25 November 2026, when the structure was final; it was changed a day later with them in view. */
    private static final Set<String> ADDED_25 = Set.of("yolov6", "yolov7", "gear_guard_net", "gpunet", "mediapipe_selfie", "bgnet",
            "lama_dilated", "mobile_bert_uncased_google");
    /** Built on 26 November 2026, when the changed structure was final: neither it nor the speeds fitted without them have seen these. */
    private static final Set<String> ADDED_26 = Set.of("hrnet_face", "cavaface", "albert_base_v2_hf", "trocr/TrOCREncoder");
    /** Speeds are also fitted without each of these sets. */
    private static final Map<String, Set<String>> ADDED = new TreeMap<>(Map.of("added-25-november", ADDED_25, "added-26-november", ADDED_26));

    private Calibrate() {}

    /** @param args {@code report}, {@code bootstrap}, {@code claims}, or {@code fit DIR}: DIR is where the model reads its speeds from */
    public static void main(String[] args) throws IOException {
        if (args.length == 2 && args[0].equals("fit")) {
            Path folder = Path.of(args[1]);
            if (!Files.isDirectory(folder)) {
                System.err.println("fit: no folder " + folder.toAbsolutePath() + "; give the one that the model reads its speeds from");
                System.exit(2);
            }
            Calibration.Result result = calibration().run(ADDED);
            Files.writeString(folder.resolve(DEVICE + "-speeds.properties"), result.speeds());
            Files.writeString(folder.resolve(DEVICE + "-held-out.properties"), result.heldOut());
            System.out.print(result.report());
        } else if (args.length == 1 && args[0].equals("bootstrap")) {
            System.out.print(calibration().bootstrap());
        } else if (args.length == 1 && args[0].equals("claims")) {
            System.out.print(Claims.table());
        } else if (args.length == 1 && args[0].equals("report")) {
            System.out.print(report());
        } else {
            System.err.println("usage: report | bootstrap | claims | fit DIR");
            System.exit(2);
        }
    }

    /**
     * The errors of the frozen speeds: over the rows that the rules keep; over all, with the rows that they leave out; and those of
     * speeds that never saw the networks added last.
     */
    static String report() {
        Measurements.Result measurements = measurements();
        Calibration kept = new Calibration(DEVICE, measurements.used());
        List<Measurement> all = Stream.concat(measurements.used().stream(), measurements.leftOut().stream()).toList();
        Set<String> leftOut = measurements.leftOut().stream().map(Measurement::network).collect(Collectors.toSet());
        return kept.frozenReport(kept.networks()) + "\nLeft out by the rules:\n\n"
                + measurements.excluded().stream().map(line -> "* " + line + "\n").collect(Collectors.joining())
                + "\nThe same speeds with these rows counted:\n\n" + new Calibration(DEVICE, all).frozenReport(leftOut)
                + ADDED.entrySet().stream().map(e -> "\nWith speeds fitted without " + e.getKey() + ":\n\n" + kept.unseenReport(e.getKey(), e.getValue()))
                        .collect(Collectors.joining());
    }

    private static Calibration calibration() {
        return new Calibration(DEVICE, measurements().used());
    }

    /** All rows of {@code sa8295p-measurements.csv} that count. */
    static Measurements.Result measurements() {
        return Measurements.read(lines());
    }

    private static List<String> lines() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Calibrate.class.getResourceAsStream(DEVICE + "-measurements.csv"), StandardCharsets.UTF_8))) {
            return in.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
