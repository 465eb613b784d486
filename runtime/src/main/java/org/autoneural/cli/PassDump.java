package org.autoneural.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.autoneural.ir.Graph;
import org.autoneural.ir.pass.Pass;
import org.autoneural.ir.pass.PassManager;
import org.autoneural.ir.text.IrPrinter;

/** Writes graphs between passes: {@code 03-vision-fuse-bias.ir}, and a table of times. Does nothing without a folder. */
final class PassDump implements PassManager.Observer {
    private final Optional<Path> folder;
    private final List<String> times = new ArrayList<>();

    PassDump(Optional<Path> folder) {
        this.folder = folder;
    }

    @Override
    public void ran(Pass pass, Graph before, Graph after, long nanos) {
        times.add(String.format(Locale.ROOT, "%-8s %-24s %4d -> %4d nodes %9.3f ms", after.name(), pass.name(),
                before.nodes().size(), after.nodes().size(), nanos / 1e6));
        if (after != before) {
            write(String.format(Locale.ROOT, "%02d-%s-%s.ir", times.size(), after.name(), pass.name()), IrPrinter.print(after));
        }
    }

    /** Writes the times. */
    void finish() {
        write("passes.txt", String.join("\n", times) + "\n");
    }

    private void write(String name, String text) {
        folder.ifPresent(dir -> {
            try {
                Files.createDirectories(dir);
                Files.writeString(dir.resolve(name), text);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + dir.resolve(name) + ": " + e.getMessage(), e);
            }
        });
    }
}
