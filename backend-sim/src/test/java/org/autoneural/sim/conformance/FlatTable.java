package org.autoneural.sim.conformance;

import com.google.flatbuffers.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A FlatBuffers table whose fields are asked for by their number in the schema. */
final class FlatTable extends Table {
    private FlatTable(int position, ByteBuffer buffer) {
        __reset(position, buffer);
    }

    static FlatTable root(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new FlatTable(buffer.getInt(0), buffer);
    }

    private int offset(int field) {
        return __offset(4 + 2 * field);
    }

    int byteAt(int field, int otherwise) {
        int o = offset(field);
        return o == 0 ? otherwise : bb.get(bb_pos + o);
    }

    int intAt(int field, int otherwise) {
        int o = offset(field);
        return o == 0 ? otherwise : bb.getInt(bb_pos + o);
    }

    List<FlatTable> tables(int field) {
        List<FlatTable> all = new ArrayList<>();
        int o = offset(field);
        for (int i = 0; o != 0 && i < __vector_len(o); i++) {
            all.add(new FlatTable(__indirect(__vector(o) + 4 * i), bb));
        }
        return all;
    }

    /** A table, or a member of a union; one without fields where there is none. */
    FlatTable table(int field) {
        int o = offset(field);
        if (o == 0) {
            // vtable of 4 bytes, table of 4 bytes that points 4 back: no fields
            return new FlatTable(4, ByteBuffer.wrap(new byte[] {4, 0, 4, 0, 4, 0, 0, 0}).order(ByteOrder.LITTLE_ENDIAN));
        }
        return new FlatTable(__indirect(bb_pos + o), bb);
    }

    int[] ints(int field) {
        int o = offset(field);
        int[] all = new int[o == 0 ? 0 : __vector_len(o)];
        for (int i = 0; i < all.length; i++) {
            all[i] = bb.getInt(__vector(o) + 4 * i);
        }
        return all;
    }

    float[] floats(int field) {
        int[] bits = ints(field);
        float[] all = new float[bits.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = Float.intBitsToFloat(bits[i]);
        }
        return all;
    }

    long[] longs(int field) {
        int o = offset(field);
        long[] all = new long[o == 0 ? 0 : __vector_len(o)];
        for (int i = 0; i < all.length; i++) {
            all[i] = bb.getLong(__vector(o) + 8 * i);
        }
        return all;
    }

    byte[] bytes(int field) {
        int o = offset(field);
        byte[] all = new byte[o == 0 ? 0 : __vector_len(o)];
        for (int i = 0; i < all.length; i++) {
            all[i] = bb.get(__vector(o) + i);
        }
        return all;
    }
}
