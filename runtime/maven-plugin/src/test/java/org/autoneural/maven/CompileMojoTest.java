package org.autoneural.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugin.MojoFailureException;
import org.autoneural.artifact.Artifact;
import org.autoneural.cockpit.CockpitTiny;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompileMojoTest {
    @TempDir
    Path folder;

    @Test
    void compilesTheBuiltInModel() throws Exception {
        CompileMojo mojo = mojo(CockpitTiny.checkpoint().toFile());
        set(mojo, "calibration", twoQuestions().toFile());
        mojo.execute();
        try (Artifact artifact = Artifact.open(folder.resolve("model.npu"))) {
            assertThat(artifact.metadata()).containsEntry("recipe", "w8a16-w4a16").containsEntry("target", "sim");
        }
    }

    @Test
    void errorsNameTheParameter() throws Exception {
        CompileMojo mojo = mojo(folder.resolve("absent").toFile());
        assertThatThrownBy(mojo::execute).isInstanceOf(MojoFailureException.class).hasMessageContaining("<checkpoint>")
                .hasMessageContaining("absent");
        assertThat(folder.resolve("model.npu")).doesNotExist();
    }

    @Test
    void errorsNameTargetAndRecipe() throws Exception {
        CompileMojo target = mojo(CockpitTiny.checkpoint().toFile());
        set(target, "target", "toaster");
        assertThatThrownBy(target::execute).isInstanceOf(MojoFailureException.class).hasMessageStartingWith("<target> toaster: ");
        CompileMojo recipe = mojo(CockpitTiny.checkpoint().toFile());
        set(recipe, "recipe", "w2a2");
        assertThatThrownBy(recipe::execute).isInstanceOf(MojoFailureException.class).hasMessageStartingWith("<recipe> w2a2: ");
    }

    /** Two questions of split calib, pictures by absolute path: quick to calibrate on. */
    private Path twoQuestions() throws IOException {
        String images = CockpitTiny.evalSet().resolveSibling("images").toAbsolutePath() + "/";
        List<String> lines = Files.readAllLines(CockpitTiny.evalSet()).stream().filter(line -> line.contains("\"split\": \"calib\"")).limit(2)
                .map(line -> line.replace("images/", images)).toList();
        return Files.write(folder.resolve("questions.jsonl"), lines);
    }

    private CompileMojo mojo(File checkpoint) throws ReflectiveOperationException {
        CompileMojo mojo = new CompileMojo(null);
        set(mojo, "checkpoint", checkpoint);
        set(mojo, "output", folder.resolve("model.npu").toFile());
        set(mojo, "recipe", "w8a16-w4a16");
        set(mojo, "target", "sim");
        set(mojo, "workFolder", folder.resolve("work").toFile());
        return mojo;
    }

    private static void set(CompileMojo mojo, String name, Object value) throws ReflectiveOperationException {
        Field field = CompileMojo.class.getDeclaredField(name);
        field.setAccessible(true);
        field.set(mojo, value);
    }
}
