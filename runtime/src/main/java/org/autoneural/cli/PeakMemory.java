package org.autoneural.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Most memory that this process has held so far.
 *
 * @param of what is counted: {@code process} (resident set, mapped weights included, from VmHWM of /proc/self/status) or
 *           {@code Java heap} where the system does not tell
 */
record PeakMemory(long sizeBytes, String of) {
    private static final String PEAK = "VmHWM:";

    static PeakMemory now() {
        return process().map(bytes -> new PeakMemory(bytes, "process")).orElseGet(() -> new PeakMemory(heap(), "Java heap"));
    }

    private static Optional<Long> process() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(PEAK))
                    .map(line -> Long.parseLong(line.substring(PEAK.length()).replace("kB", "").strip()) * 1024).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static long heap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage).mapToLong(usage -> usage.getUsed()).sum();
    }
}
