package org.autoneural;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** What is published has what Maven Central asks for (docs/publishing.md). */
class PublicationTest {
    private static final Path ROOT = Path.of("..");
    /** A folder that {@code -Ppublish deploy} wrote to. */
    private static final String PUBLISHED = "autoneural.published";
    private static final XPath XPATH = XPathFactory.newInstance().newXPath();

    private static Document parse(Path pom) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
    }

    private static String text(Document pom, String path) throws XPathExpressionException {
        return XPATH.evaluate("/project/" + path, pom).strip();
    }

    private static List<String> texts(Document pom, String path) throws XPathExpressionException {
        NodeList nodes = (NodeList) XPATH.evaluate("/project/" + path, pom, XPathConstants.NODESET);
        return IntStream.range(0, nodes.getLength()).mapToObj(i -> nodes.item(i).getTextContent().strip()).toList();
    }

    /** The root's pom, which every other one inherits from. */
    private static void checkParent(Document pom) throws XPathExpressionException {
        for (String element : List.of("name", "description", "url", "licenses/license/name", "licenses/license/url", "developers/developer/name",
                "scm/connection", "scm/url")) {
            assertThat(text(pom, element)).as("the parent's %s", element).isNotEmpty();
        }
        assertThat(text(pom, "scm/connection")).startsWith("scm:git:");
    }

    private static void checkModule(Document pom, String what) throws XPathExpressionException {
        assertThat(text(pom, "parent/artifactId")).as(what).isEqualTo("autoneural-parent");
        assertThat(text(pom, "name")).as("%s: name", what).startsWith("AutoNeural :: ");
        assertThat(text(pom, "description")).as("%s: description", what).endsWith(".");
        for (String inherited : List.of("url", "licenses", "developers", "scm")) {
            assertThat(texts(pom, inherited)).as("%s has %s of its own; the root's pom is the one place for it", what, inherited).isEmpty();
        }
    }

    @Test
    void everyPomSaysWhatItIs() throws Exception {
        Document root = parse(ROOT.resolve("pom.xml"));
        checkParent(root);
        Map<String, String> names = new HashMap<>();
        for (String module : texts(root, "modules/module")) {
            Document pom = parse(ROOT.resolve(module).resolve("pom.xml"));
            if (text(pom, "properties/maven.deploy.skip").equals("true")) {
                continue;
            }
            checkModule(pom, module);
            String name = text(pom, "properties/automatic.module.name");
            assertThat(SourceVersion.isName(name) && name.startsWith("org.autoneural.")).as("module name of %s: '%s'", module, name).isTrue();
            assertThat(names.put(name, module)).as("another module called %s", name).isNull();
        }
        assertThat(names).hasSizeGreaterThan(5);
    }

    /** Run with {@code -Dautoneural.published=DIR}: every file that has to be there is there. */
    @Test
    void everyArtifactIsWhole() throws Exception {
        String folder = System.getProperty(PUBLISHED, "");
        assumeTrue(!folder.isEmpty(), "no -D" + PUBLISHED + "=DIR: nothing was published to look at");
        List<Path> poms;
        try (Stream<Path> files = Files.find(Path.of(folder), 8, (path, facts) -> path.toString().endsWith(".pom"))) {
            poms = files.sorted().toList();
        }
        Map<String, String> packages = new TreeMap<>();
        for (Path file : poms) {
            Document pom = parse(file);
            String stem = file.toString().replaceFirst("\\.pom$", "");
            if (text(pom, "packaging").equals("pom")) {
                checkParent(pom);
                continue;
            }
            String artifact = text(pom, "artifactId");
            checkModule(pom, artifact);
            try (JarFile jar = new JarFile(stem + ".jar"); JarFile sources = new JarFile(stem + "-sources.jar");
                    JarFile javadoc = new JarFile(stem + "-javadoc.jar")) {
                assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name")).as(artifact)
                        .isEqualTo(text(pom, "properties/automatic.module.name"));
                assertThat(sources.stream()).as("sources of %s", artifact).anyMatch(entry -> entry.getName().endsWith(".java"));
                assertThat(javadoc.stream()).as("Javadoc of %s", artifact).anyMatch(entry -> entry.getName().equals("index.html"));
                jar.stream().filter(entry -> entry.getName().endsWith(".class")).map(entry -> entry.getName().replaceFirst("/[^/]*$", ""))
                        .distinct().forEach(name -> assertThat(packages.put(name, artifact)).as("package %s is in two modules", name).isNull());
                System.out.printf("%-28s %s: jar, sources, Javadoc (%d pages)%n", artifact, text(pom, "properties/automatic.module.name"),
                        javadoc.stream().filter(entry -> entry.getName().endsWith(".html")).count());
            }
        }
        assertThat(poms).hasSizeGreaterThan(6);
    }
}
