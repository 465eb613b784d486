package org.autoneural.sim.plan;

import org.autoneural.ir.TensorType;

/**
 * Where a value lies in the memory of an entry point and when it is there.
 *
 * @param value   name in the graph
 * @param type    element type and shape
 * @param region  part of the memory
 * @param arena   array of that part
 * @param offset  index of its first element in that array
 * @param first   step (index of the node) that writes it; -1 for what is there before the run
 * @param last    last step that reads it; the number of steps for what must outlive the run
 * @param storage the value whose memory this is: its own name, or that of the tensor or state of which it is another view
 */
public record Placement(String value, TensorType type, Region region, Arena arena, int offset, int first, int last, String storage) {
    /** Number of elements. */
    public int length() {
        return (int) type.shape().elements();
    }

    /** The beginning of the same place, seen as a value of fewer elements. */
    public Placement as(TensorType part) {
        return new Placement(value, part, region, arena, offset, first, last, storage);
    }

    /** Whether the value lies in the place of another one. */
    public boolean isView() {
        return !storage.equals(value);
    }

    /** Whether both, of one entry point, lie in the same array and share an element. */
    public boolean overlaps(Placement other) {
        return region == other.region && arena == other.arena && offset < other.offset + other.length() && other.offset < offset + length();
    }

    /** Whether both are needed at some step. */
    public boolean livesWith(Placement other) {
        return first <= other.last && other.first <= last;
    }
}
