package org.autoneural;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real browser without a window, for pages that a test writes. Tests skip, and say so, on machines that have none.
 *
 * @param program chromium or one of its kin
 */
public record HeadlessBrowser(Path program) {
    /** What a skipped test says. */
    public static final String ABSENT = "no chromium or google-chrome on the PATH: the page is not tried in a browser";

    /** The browser on the PATH. */
    public static Optional<HeadlessBrowser> find() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)).flatMap(place ->
                Stream.of("chromium", "chromium-browser", "google-chrome").map(name -> Path.of(place, name)))
                .filter(Files::isExecutable).findFirst().map(HeadlessBrowser::new);
    }

    /**
     * The document after its scripts have run. No name is resolved: a page that needs a network fails.
     *
     * @param page   HTML
     * @param act    statements that run behind the page, as a user would act; what they put into {@code document.title} can be read
     * @param folder for temporary files
     */
    public String dom(String page, String act, Path folder) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("page.html"), page.replace("</body>", "<script>{" + act + "}</script></body>"));
        Path out = folder.resolve("dom.html");
        Process process = new ProcessBuilder(program.toString(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
                "--user-data-dir=" + folder.resolve("profile"), "--dump-dom", file.toUri().toString())
                .redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                throw new IOException(program + " did not end within two minutes on " + file);
            }
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(out);
    }
}
