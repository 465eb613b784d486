package org.autoneural.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reads [H, W, 3] u8 tensors of one golden file; for these tests only. */
final class SafetensorsU8 {
    private final byte[] file;
    private final int dataStart;
    private final JsonNode header;

    SafetensorsU8(String resource) throws IOException {
        try (InputStream in = SafetensorsU8.class.getResourceAsStream(resource)) {
            file = in.readAllBytes();
        }
        dataStart = 8 + Math.toIntExact(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
        header = new ObjectMapper().readTree(file, 8, dataStart - 8);
    }

    Picture picture(String tensor) {
        JsonNode entry = header.get(tensor);
        JsonNode range = entry.get("data_offsets");
        return new Picture(entry.get("shape").get(1).asInt(), entry.get("shape").get(0).asInt(),
                Arrays.copyOfRange(file, dataStart + range.get(0).asInt(), dataStart + range.get(1).asInt()));
    }
}
