package org.autoneural.runtime;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.TensorBuffer;

/**
 * One conversation at the level of tensors and token ids: looks at pictures, takes tokens in, gives logits out, saves and
 * restores its state. {@link Conversation} is the level of words above it. Not thread-safe; sessions of one
 * {@link CompiledModel} are independent.
 *
 * <p>However tokens are cut into calls of {@link #feed}, the states and logits are the same bits.
 */
public final class Session implements AutoCloseable {
    private final ExecutionContext context;
    private final EntryPoints entry;
    private int position;
    private String lastRun = "";

    Session(ExecutionContext context, EntryPoints entry) {
        this.context = context;
        this.entry = entry;
    }

    /** Tokens fed so far; the position of the next one. */
    public int position() {
        return position;
    }

    /** Most tokens that can be fed. */
    public int capacity() {
        return entry.context();
    }

    /** Bytes of memory that this session holds. */
    public long sizeBytes() {
        return context.sizeBytes();
    }

    /**
     * The visual tokens of a picture.
     *
     * @param rgb [height, width, 3] bytes of the size that the model was compiled for
     */
    public Features look(byte[] rgb) {
        TensorBuffer image = context.input(EntryPoints.VISION, "image");
        if (rgb.length != image.elements()) {
            throw new IllegalArgumentException("a picture of " + rgb.length + " bytes was given; the model takes "
                    + entry.pictureHeight() + " x " + entry.pictureWidth() + " x 3 = " + image.elements());
        }
        System.arraycopy(rgb, 0, image.bytes(), image.offset(), rgb.length);
        context.run(EntryPoints.VISION);
        lastRun = EntryPoints.VISION;
        return new Features(context.output(EntryPoints.VISION, "features").copy());
    }

    /** Feeds tokens without pictures. */
    public void feed(int... ids) {
        feed(ids, new int[0], List.of());
    }

    /**
     * Feeds tokens; afterwards {@link #logits} belong to the last of them.
     *
     * @param ids         at least one, each below the size of the vocabulary
     * @param pictureRows positions in {@code ids} that visual tokens take the place of, ascending
     * @param pictures    where those come from, in order; together as many tokens as there are positions
     * @throws ContextFullException     when they do not fit; nothing has been fed then
     * @throws IllegalArgumentException when ids or positions are out of range
     */
    public void feed(int[] ids, int[] pictureRows, List<Features> pictures) {
        check(ids, pictureRows, pictures);
        int row = 0;
        for (int from = 0; from < ids.length; ) {
            int count = Math.min(entry.chunk(), ids.length - from);
            int rows = 0;
            while (row + rows < pictureRows.length && pictureRows[row + rows] < from + count) {
                rows++;
            }
            String entryPoint = count == 1 && rows == 0 ? EntryPoints.DECODE : EntryPoints.PREFILL;
            if (entryPoint.equals(EntryPoints.DECODE)) {
                fillDecode(ids[from]);
            } else {
                fillPrefill(ids, from, count, pictureRows, row, rows, pictures);
            }
            // Only the last token's logits can be asked for.
            if (from + count < ids.length) {
                context.advance(entryPoint);
            } else {
                context.run(entryPoint);
                lastRun = entryPoint;
            }
            position += count;
            from += count;
            row += rows;
        }
    }

    private void check(int[] ids, int[] pictureRows, List<Features> pictures) {
        if (ids.length == 0) {
            throw new IllegalArgumentException("no tokens to feed");
        }
        for (int id : ids) {
            if (id < 0 || id >= entry.vocabulary()) {
                throw new IllegalArgumentException("token id " + id + " is outside the vocabulary, 0.." + (entry.vocabulary() - 1));
            }
        }
        int before = -1;
        for (int p : pictureRows) {
            if (p <= before || p >= ids.length) {
                throw new IllegalArgumentException("picture rows " + Arrays.toString(pictureRows) + " must ascend within the "
                        + ids.length + " ids");
            }
            before = p;
        }
        int tokens = pictures.stream().mapToInt(Features::tokens).sum();
        if (tokens != pictureRows.length) {
            throw new IllegalArgumentException(pictures.size() + " pictures have " + tokens + " visual tokens, the prompt has "
                    + pictureRows.length + " places for them");
        }
        if (ids.length > entry.context() - position) {
            throw new ContextFullException(position, ids.length, entry.context());
        }
    }

    private void fillPrefill(int[] ids, int from, int count, int[] pictureRows, int firstRow, int rows, List<Features> pictures) {
        TensorBuffer idBuffer = context.input(EntryPoints.PREFILL, "ids");
        TensorBuffer mask = context.input(EntryPoints.PREFILL, "image_mask");
        TensorBuffer features = context.input(EntryPoints.PREFILL, "features");
        // Padding rows repeat token 0; n_valid keeps them out of every state.
        idBuffer.fill(0);
        mask.fill(0);
        features.fill(0);
        for (int t = 0; t < count; t++) {
            idBuffer.set(t, ids[from + t]);
        }
        for (int r = firstRow; r < firstRow + rows; r++) {
            int t = pictureRows[r] - from;
            mask.set(t, 1);
            copyRow(pictures, r, features, t);
        }
        context.input(EntryPoints.PREFILL, "pos").set(0, position);
        context.input(EntryPoints.PREFILL, "n_valid").set(0, count);
    }

    /** Copies visual token {@code index}, counted over all pictures, to row {@code t} of {@code target}. */
    private static void copyRow(List<Features> pictures, int index, TensorBuffer target, int t) {
        int rest = index;
        int picture = 0;
        while (rest >= pictures.get(picture).tokens()) {
            rest -= pictures.get(picture++).tokens();
        }
        TensorBuffer rows = pictures.get(picture).rows();
        int d = target.shape().dim(1);
        for (int i = 0; i < d; i++) {
            target.set(t * d + i, rows.getLong((long) rest * d + i));
        }
    }

    private void fillDecode(int id) {
        context.input(EntryPoints.DECODE, "ids").set(0, id);
        context.input(EntryPoints.DECODE, "pos").set(0, position);
    }

    /** Logits [1, V] of the last token fed, valid until the next call of {@link #feed} or {@link #look}. */
    public TensorBuffer logits() {
        if (lastRun.isEmpty() || lastRun.equals(EntryPoints.VISION)) {
            throw new IllegalStateException("no logits yet: feed at least one token after looking at a picture");
        }
        return context.output(lastRun, "logits");
    }

    /** A copy of the state. */
    public Snapshot snapshot() {
        Map<String, TensorBuffer> states = new HashMap<>();
        context.states().forEach(name -> states.put(name, context.state(name).copy()));
        return new Snapshot(position, states);
    }

    /** Goes back (or on) to a snapshot of a session of the same model; feed at least one token before reading logits. */
    public void restore(Snapshot snapshot) {
        boolean ours = snapshot.states().keySet().equals(context.states()) && snapshot.states().entrySet().stream()
                .allMatch(s -> s.getValue().type().equals(context.state(s.getKey()).type()));
        if (!ours) {
            throw new IllegalArgumentException("the snapshot is of another model: its states are " + snapshot.states().keySet()
                    + ", this model's " + context.states() + ", or their types differ. Restore snapshots of the same compiled file");
        }
        snapshot.states().forEach((name, state) -> context.state(name).copyFrom(state));
        position = snapshot.position();
        lastRun = "";
    }

    @Override
    public void close() {
        context.close();
    }
}
