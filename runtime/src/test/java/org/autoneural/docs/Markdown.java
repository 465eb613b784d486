package org.autoneural.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Code and links of a Markdown page.
 *
 * @param file  the page
 * @param code  every line of a fenced or indented block, and every code span of running text, its line breaks as spaces
 * @param links where links lead, as written
 */
public record Markdown(Path file, List<Code> code, List<String> links) {
    /** The project's folder. */
    public static final Path ROOT = Path.of("..");
    private static final Pattern FENCE = Pattern.compile("\\s*```(.*)");
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");

    /**
     * A line of code.
     *
     * @param line   counted from 1
     * @param text   without the spaces around it
     * @param inline whether it stands within a sentence
     */
    public record Code(int line, String text, boolean inline) {}

    /** The pages that users read: the README, the guides, and the modules' READMEs. */
    public static List<Markdown> pages() {
        try (Stream<Path> top = Files.list(ROOT); Stream<Path> docs = Files.list(ROOT.resolve("docs"));
                Stream<Path> modules = Files.find(ROOT, 3, (path, facts) -> path.endsWith("README.md") && !path.toString().contains("target"))) {
            return Stream.of(top, docs, modules).flatMap(paths -> paths).filter(path -> path.toString().endsWith(".md"))
                    .distinct().sorted().map(Markdown::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a page. */
    public static Markdown read(Path file) {
        try {
            return of(file, Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Markdown of(Path file, List<String> lines) {
        List<Code> code = new ArrayList<>();
        List<String> links = new ArrayList<>();
        StringBuilder paragraph = new StringBuilder();
        int begin = 1;
        boolean fenced = false;
        boolean blankBefore = true;
        for (int i = 0; i <= lines.size(); i++) {
            String line = i < lines.size() ? lines.get(i) : "";
            boolean fence = FENCE.matcher(line).matches();
            boolean indented = !fenced && line.startsWith("    ") && (blankBefore || paragraph.isEmpty());
            if (fence || fenced || indented || line.isBlank()) {
                spans(paragraph.toString(), begin, code, links);
                paragraph.setLength(0);
            }
            if (fence) {
                fenced = !fenced;
            } else if (fenced || indented) {
                code.add(new Code(i + 1, line.strip(), false));
            } else if (!line.isBlank()) {
                begin = paragraph.isEmpty() ? i + 1 : begin;
                paragraph.append(line.strip()).append(line.startsWith("|") ? "\n" : " ");
            }
            blankBefore = line.isBlank();
        }
        return new Markdown(file, code, links);
    }

    private static void spans(String paragraph, int line, List<Code> code, List<String> links) {
        Matcher span = SPAN.matcher(paragraph);
        while (span.find()) {
            code.add(new Code(line, span.group(1).strip(), true));
        }
        Matcher link = LINK.matcher(SPAN.matcher(paragraph).replaceAll(""));
        while (link.find()) {
            links.add(link.group(1));
        }
    }
}
