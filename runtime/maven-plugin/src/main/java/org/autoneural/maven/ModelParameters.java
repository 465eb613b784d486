package org.autoneural.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;

/**
 * Where the model of a goal comes from: a folder, an archive, or an artifact of a Maven repository with a checkpoint inside. Exactly
 * one of the two parameters is given.
 *
 * @param checkpoint   parameter {@code <checkpoint>}: a folder, or a .jar or .zip file
 * @param artifact     parameter {@code <checkpointArtifact>}: {@code group:artifact[:extension[:classifier]]:version}
 * @param insideFolder parameter {@code <checkpointPath>}: folder inside the archive
 * @param workFolder   archives are unpacked below it
 */
record ModelParameters(Optional<File> checkpoint, Optional<String> artifact, String insideFolder, Path workFolder) {
    /** What resolves artifacts. */
    record Repositories(RepositorySystem system, MavenSession session, List<RemoteRepository> remotes) {}

    /**
     * The folder of the checkpoint; archives are unpacked first.
     *
     * @throws MojoFailureException naming the parameter that is wrong
     */
    Path folder(Repositories repositories) throws MojoExecutionException, MojoFailureException {
        if (checkpoint.isPresent() == artifact.isPresent()) {
            throw new MojoFailureException(checkpoint.isPresent() ? "both <checkpoint> and <checkpointArtifact> are given; one is allowed"
                    : "neither <checkpoint> nor <checkpointArtifact> is given; one is needed: the folder of a checkpoint, or the coordinates "
                            + "of an artifact with one inside");
        }
        if (artifact.isPresent()) {
            return unpacked(resolve(artifact.get(), repositories), "<checkpointArtifact> " + artifact.get());
        }
        Path path = checkpoint.get().toPath();
        if (Files.isDirectory(path)) {
            return path;
        }
        if (!Files.exists(path)) {
            throw new MojoFailureException("<checkpoint> " + path + " does not exist; a folder with config.json and model.safetensors is needed, "
                    + "or a .jar or .zip file with one inside");
        }
        return unpacked(path, "<checkpoint> " + path);
    }

    private static Path resolve(String coordinates, Repositories repositories) throws MojoFailureException {
        try {
            return repositories.system().resolveArtifact(repositories.session().getRepositorySession(),
                    new ArtifactRequest(new DefaultArtifact(coordinates), repositories.remotes(), "model")).getArtifact().getFile().toPath();
        } catch (IllegalArgumentException e) {
            throw new MojoFailureException("<checkpointArtifact> is '" + coordinates + "'; allowed: group:artifact[:extension[:classifier]]:version", e);
        } catch (ArtifactResolutionException e) {
            throw new MojoFailureException("<checkpointArtifact> " + coordinates + " cannot be had: " + e.getMessage(), e);
        }
    }

    private Path unpacked(Path archive, String what) throws MojoExecutionException, MojoFailureException {
        try {
            return new Unpacker(workFolder).unpack(archive, insideFolder).orElseThrow(() -> new MojoFailureException(what + " has no file "
                    + (insideFolder.isEmpty() ? "" : insideFolder + "/") + "config.json; <checkpointPath> names the folder of the checkpoint inside"));
        } catch (IOException e) {
            throw new MojoExecutionException(what + " cannot be unpacked: " + e.getMessage(), e);
        }
    }
}
