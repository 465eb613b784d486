package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.autoneural.docs.Markdown;

/**
 * Checks words of a Maven command against the project.
 *
 * @param modules folders of all modules
 * @param poms    text of all poms
 */
record MavenCommand(Set<String> modules, String poms) {
    private static final Set<String> PHASES = Set.of("test", "package", "verify", "install", "deploy", "test-compile");
    private static final Set<String> FLAGS = Set.of("-q", "-am", "-o", "-B");
    /** Properties of Maven's own plugins. */
    private static final Set<String> PROPERTIES = Set.of("test", "skipTests", "surefire.failIfNoSpecifiedTests", "invoker.skip", "detail", "goal",
            "altDeploymentRepository");

    void check(List<String> words, String what) throws IOException {
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("-pl")) {
                assertThat(modules).as(what).contains(words.get(++i).split(","));
            } else if (word.startsWith("-P")) {
                assertThat(poms).as(what).contains("<id>" + word.substring(2) + "</id>");
            } else if (word.startsWith("-D")) {
                property(word.substring(2).split("=", 2), what);
            } else if (word.startsWith("autoneural:")) {
                goal(word.substring("autoneural:".length()), what);
            } else {
                assertThat(PHASES.contains(word) || FLAGS.contains(word)).as("%s: %s", what, word).isTrue();
            }
        }
    }

    private void property(String[] nameAndValue, String what) throws IOException {
        String name = nameAndValue[0];
        assertThat(PROPERTIES.contains(name) || poms.contains("${" + name + "}") || inATest(name)).as("%s: property %s", what, name).isTrue();
        if (name.equals("test")) {
            for (String test : nameAndValue[1].split(",")) {
                assertThat(java(test.replaceFirst("#.*", ""))).as("%s: test %s", what, test).isTrue();
            }
        } else if (name.equals("goal")) {
            goal(nameAndValue[1], what);
        }
    }

    private static void goal(String name, String what) throws IOException {
        String mojo = Character.toUpperCase(name.charAt(0)) + name.substring(1) + "Mojo";
        assertThat(name.equals("help") || java(mojo)).as("%s: goal %s", what, name).isTrue();
    }

    /** Whether a test reads the property. */
    private static boolean inATest(String property) throws IOException {
        try (Stream<Path> tests = Files.find(Markdown.ROOT, 12, (path, facts) -> path.toString().endsWith("Test.java"))) {
            for (Path test : tests.toList()) {
                if (Files.readString(test).contains("\"" + property + "\"")) {
                    return true;
                }
            }
            return false;
        }
    }

    private static boolean java(String name) throws IOException {
        try (Stream<Path> found = Files.find(Markdown.ROOT, 12, (path, facts) -> path.endsWith(name + ".java"))) {
            return found.findAny().isPresent();
        }
    }
}
