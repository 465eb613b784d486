package org.autoneural.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.lang.reflect.Field;
import java.nio.file.Path;
import org.apache.maven.plugin.MojoExecutionException;
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
        mojo.execute();
        try (Artifact artifact = Artifact.open(folder.resolve("model.npu"))) {
            assertThat(artifact.metadata()).containsEntry("recipe", "w8a16-w4a16").containsEntry("target", "sim");
        }
    }

    @Test
    void errorsNameTheParameter() throws Exception {
        CompileMojo mojo = mojo(folder.resolve("absent").toFile());
        assertThatThrownBy(mojo::execute).isInstanceOf(MojoExecutionException.class).hasMessageContaining("<checkpoint>")
                .hasMessageContaining("absent");
        assertThat(folder.resolve("model.npu")).doesNotExist();
    }

    private CompileMojo mojo(File checkpoint) throws ReflectiveOperationException {
        CompileMojo mojo = new CompileMojo();
        set(mojo, "checkpoint", checkpoint);
        set(mojo, "output", folder.resolve("model.npu").toFile());
        set(mojo, "recipe", "w8a16-w4a16");
        set(mojo, "target", "sim");
        return mojo;
    }

    private static void set(CompileMojo mojo, String name, Object value) throws ReflectiveOperationException {
        Field field = CompileMojo.class.getDeclaredField(name);
        field.setAccessible(true);
        field.set(mojo, value);
    }
}
