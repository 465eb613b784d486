package org.autoneural.artifact;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.autoneural.artifact.ArtifactException.Code;

/**
 * A segment or an inner file in mapped memory.
 *
 * @param room the bytes and the zeros behind them up to the next part; read-only, from 0 to the limit
 */
record Part(Place place, ByteBuffer room) {
    /**
     * Maps parts that lie one behind the other: as many neighbours as fit in one mapping, each part whole in one.
     *
     * @throws IllegalArgumentException for a part at a wrong place; {@code directoryOffset} is where the last one ends
     */
    static List<Part> map(FileChannel channel, List<Place> places, long directoryOffset) throws IOException {
        checkPlaces(places, directoryOffset);
        List<Part> parts = new ArrayList<>();
        while (parts.size() < places.size()) {
            long from = places.get(parts.size()).offsetBytes();
            int last = parts.size();
            while (last + 1 < places.size() && places.get(last + 1).nextOffset() - from <= Header.MAX_PART_BYTES) {
                last++;
            }
            ByteBuffer window = channel.map(FileChannel.MapMode.READ_ONLY, from, places.get(last).nextOffset() - from);
            for (Place p : places.subList(parts.size(), last + 1)) {
                parts.add(new Part(p, window.slice((int) (p.offsetBytes() - from), (int) (p.nextOffset() - p.offsetBytes()))));
            }
        }
        return parts;
    }

    private static void checkPlaces(List<Place> places, long directoryOffset) {
        long end = Header.SIZE_BYTES;
        for (Place p : places) {
            if (p.offsetBytes() != end || p.sizeBytes() > Math.min(Header.MAX_PART_BYTES, directoryOffset - end)) {
                throw new IllegalArgumentException(p + ", not at " + end + " with at most " + Header.MAX_PART_BYTES
                        + " bytes before the directory at " + directoryOffset);
            }
            end = p.nextOffset();
        }
        if (end != directoryOffset) {
            throw new IllegalArgumentException("the parts end at " + end + ", not at the directory's " + directoryOffset);
        }
    }

    /** A view of its own of the bytes without the padding, from 0 to the limit, little-endian. */
    ByteBuffer bytes() {
        return room.slice(0, place.sizeBytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Compares the hash and looks at the padding; AR007. */
    void verify(Path path) {
        String found = Sha256.of(bytes());
        if (!found.equals(place.sha256())) {
            throw damaged(path, "SHA-256 " + found, place.sha256());
        }
        for (int i = place.sizeBytes(); i < room.limit(); i++) {
            if (room.get(i) != 0) {
                throw damaged(path, "the byte " + room.get(i) + " in the padding behind it", "zero");
            }
        }
    }

    private ArtifactException damaged(Path path, String found, String allowed) {
        return new ArtifactException(Code.AR007, path, place + " with " + found, allowed,
                "The file was damaged on its way: copy it again, or recompile the model.");
    }
}
