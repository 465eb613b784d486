package org.autoneural.qnn.binding;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the error numbers of the libraries mean; read from {@code errors.tsv}. */
final class QnnErrors {
    private static final String FILE = "errors.tsv";
    private static final Map<Integer, Row> ROWS = read();

    private record Row(String component, String meaning, String remedy) {}

    private QnnErrors() {
    }

    private static Map<Integer, Row> read() {
        try (InputStream in = QnnErrors.class.getResourceAsStream(FILE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1)).collect(Collectors.toMap(f -> Integer.valueOf(f[0]), f -> new Row(f[1], f[2], f[3])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String component(int number) {
        return number == 0 ? "shim" : Optional.ofNullable(ROWS.get(number)).map(Row::component).orElse("unknown");
    }

    /** {@code graph error 6022 (finalize failed)}, with what to do when we know. */
    static String describe(int number) {
        Row row = ROWS.get(number);
        if (row == null) {
            return "error " + number + ", which this version does not know";
        }
        return row.component() + " error " + number + " (" + row.meaning() + ")" + (row.remedy().isEmpty() ? "" : " [" + row.remedy() + "]");
    }
}
