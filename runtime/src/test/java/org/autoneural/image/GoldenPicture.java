package org.autoneural.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.autoneural.checkpoint.CheckpointTensor;
import org.autoneural.checkpoint.Safetensors;

/** Pictures among the goldens: tensors [H, W, 3] u8 of a safetensors resource. */
final class GoldenPicture {
    private GoldenPicture() {
    }

    /** @param temp folder for a copy of the resource, which may be in a jar and then cannot be mapped */
    static Picture read(Path temp, String resource, String name) throws IOException {
        Path copy = temp.resolve(name + ".safetensors");
        try (InputStream in = GoldenPicture.class.getResourceAsStream(resource)) {
            Files.copy(in, copy);
        }
        try (Safetensors file = Safetensors.open(copy)) {
            CheckpointTensor tensor = file.tensor(name);
            byte[] rgb = new byte[Math.toIntExact(tensor.sizeBytes())];
            tensor.readBytes(0, rgb, 0, rgb.length);
            return new Picture(Math.toIntExact(tensor.shape().dim(1)), Math.toIntExact(tensor.shape().dim(0)), rgb);
        }
    }
}
