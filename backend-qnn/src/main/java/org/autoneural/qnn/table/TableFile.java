package org.autoneural.qnn.table;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A table beside this package: one row a line, fields separated by {@code |}, lines that begin with # are comments. */
final class TableFile {
    private TableFile() {}

    /** The rows of the resource {@code name}, fields without surrounding spaces. */
    static List<List<String>> rows(String name) {
        try (InputStream in = TableFile.class.getResourceAsStream(name)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).map(TableFile::fields).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the table " + name, e);
        }
    }

    private static List<String> fields(String line) {
        return Arrays.stream(line.split("\\|")).map(String::strip).toList();
    }
}
