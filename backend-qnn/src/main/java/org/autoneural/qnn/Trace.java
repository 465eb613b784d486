package org.autoneural.qnn;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.autoneural.qnn.binding.ProfileEvent;

/**
 * Runs and what the library measured in them, in the format that trace viewers of browsers read (a JSON array of complete events,
 * times in microseconds since the trace was opened). Safe for use by several threads.
 */
final class Trace {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final long startNanos = System.nanoTime();
    private final ArrayNode events = JSON.createArrayNode();

    Trace(Path file) {
        this.file = file;
    }

    /** One run of a graph between two values of {@link System#nanoTime}. */
    synchronized void run(String graph, long fromNanos, long toNanos, List<ProfileEvent> measured) {
        ObjectNode event = events.addObject().put("name", graph).put("cat", "qnn").put("ph", "X").put("pid", 1).put("tid", Thread.currentThread().getId())
                .put("ts", (fromNanos - startNanos) / 1e3).put("dur", (toNanos - fromNanos) / 1e3);
        ArrayNode parts = event.putObject("args").putArray("events");
        measured.forEach(e -> parts.addObject().put("name", e.name()).put("type", e.type()).put("unit", e.unit()).put("value", e.value())
                .put("depth", e.depth()));
    }

    synchronized void write() {
        try {
            Files.writeString(file, events.toPrettyString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the trace " + file + ": " + e.getMessage(), e);
        }
    }
}
