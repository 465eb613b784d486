package org.autoneural.ir.interpret;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.RopeTables;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.ProductRescale;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.TensorRescale;
import org.autoneural.ir.op.Transpose;
import org.autoneural.ir.verify.Verifier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A small integer decoder layer (causal convolution, then grouped attention with a cache): a prefill in chunks of random size
 * with garbage in the padding rows equals token-by-token decode bit for bit, in every state, up to a full cache.
 */
class ChunkEqualityTest {
    private static final int WIDTH = 8, HEADS = 2, HEAD = 4, CONTEXT = 10, CHUNK = 4;

    /** One graph for {@code n} rows; the weights depend on {@code seed} only. */
    private static final class Layer {
        private final GraphBuilder g;
        private final SplittableRandom random;
        private final int n;

        Layer(String name, int n, long seed) {
            this.g = new GraphBuilder(name, Stage.INTEGER);
            this.random = new SplittableRandom(seed);
            this.n = n;
        }

        private String add(Op op, String result, DType type, Shape shape, String... operands) {
            return g.add(op, List.of(result), List.of(TensorType.of(type, shape)), "", operands).get(0);
        }

        /** Weights with bias, multiplier and shift. */
        private String[] weights(String name, int rows, int columns, int shift) {
            g.constant(name + ".w", Tensor.ofInts(DType.S8, Shape.of(rows, columns), ints(rows * columns, -127, 128)));
            g.constant(name + ".b", Tensor.ofInts(DType.S32, Shape.of(rows), ints(rows, -1000, 1000)));
            g.constant(name + ".m", Tensor.ofInts(DType.S32, Shape.of(rows), ints(rows, 1 << 30, Integer.MAX_VALUE)));
            g.constant(name + ".n", Tensor.ofInts(DType.S8, Shape.of(rows), IntStream.range(0, rows).map(i -> shift).toArray()));
            return new String[] {name + ".w", name + ".b", name + ".m", name + ".n"};
        }

        private int[] ints(int count, int from, int to) {
            return IntStream.range(0, count).map(i -> random.nextInt(from, to)).toArray();
        }

        private String linear(String result, String x, DType type, int rows, int shift) {
            String[] w = weights(result, rows, WIDTH, shift);
            int most = (int) type.max();
            ChannelRescale form = new ChannelRescale(Accumulator.I32_WRAP, Rounding.SINGLE, 0, 0, -most, most);
            return add(new Linear(Optional.of(form)), result, type, Shape.of(n, rows), x, w[0], w[1], w[2], w[3]);
        }

        private static TensorRescale rescale(int shift, DType type) {
            return new TensorRescale(1 << 30, shift, Rounding.SINGLE, 0, 0, (int) -type.max(), (int) type.max());
        }

        private static Optional<ProductRescale> product(int shift) {
            return Optional.of(new ProductRescale(Accumulator.I48, 1 << 30, shift, Rounding.SINGLE, 0, 0, 0, -32767, 32767));
        }

        Graph build() {
            g.input("x", TensorType.of(DType.S16, n, WIDTH));
            g.input("pos", TensorType.of(DType.S32, 1));
            g.input("n_valid", TensorType.of(DType.S32, 1));
            g.input("conv.state", TensorType.of(DType.S16, 2, WIDTH));
            g.input("k_cache", TensorType.of(DType.S8, 1, CONTEXT, HEAD));
            g.input("v_cache", TensorType.of(DType.S8, 1, CONTEXT, HEAD));
            RopeTables tables = RopeTables.build(CONTEXT, HEAD, 100);
            for (String table : List.of("cos", "sin")) {
                short[] values = table.equals("cos") ? tables.cos() : tables.sin();
                g.constant(table, Tensor.ofInts(DType.S16, Shape.of(CONTEXT, HEAD / 2),
                        IntStream.range(0, values.length).map(i -> values[i]).toArray()));
            }
            String[] taps = weights("conv", WIDTH, 3, 38);
            CausalConv1d conv = new CausalConv1d(Optional.of(
                    new ChannelRescale(Accumulator.I32_WRAP, Rounding.SINGLE, 0, 0, -32767, 32767)));
            g.add(conv, List.of("z", "conv.new_state"), List.of(TensorType.of(DType.S16, n, WIDTH),
                    TensorType.of(DType.S16, 2, WIDTH)), "", "x", "conv.state", "n_valid", taps[0], taps[1], taps[2], taps[3]);
            linear("q", "z", DType.S16, WIDTH, 39);
            linear("k", "z", DType.S16, HEAD, 39);
            linear("v", "z", DType.S8, HEAD, 47);
            Shape heads = Shape.of(n, HEADS, HEAD), one = Shape.of(n, 1, HEAD);
            add(Reshape.to(n, HEADS, HEAD), "q.heads", DType.S16, heads, "q");
            add(new Rope(Optional.of(rescale(46, DType.S16))), "q.rope", DType.S16, heads, "q.heads", "cos", "sin", "pos");
            add(Transpose.of(1, 0, 2), "q.t", DType.S16, Shape.of(HEADS, n, HEAD), "q.rope");
            add(Reshape.to(n, 1, HEAD), "k.heads", DType.S16, one, "k");
            add(new Rope(Optional.of(rescale(53, DType.S8))), "k.rope", DType.S8, one, "k.heads", "cos", "sin", "pos");
            add(Reshape.to(n, 1, HEAD), "v.heads", DType.S8, one, "v");
            Shape cache = Shape.of(1, CONTEXT, HEAD);
            add(new KvAppend(), "k_cache.next", DType.S8, cache, "k_cache", "k.rope", "pos", "n_valid");
            add(new KvAppend(), "v_cache.next", DType.S8, cache, "v_cache", "v.heads", "pos", "n_valid");
            Shape scores = Shape.of(HEADS, n, CONTEXT);
            add(new MatMul(true, true, product(38)), "scores", DType.S16, scores, "q.t", "k_cache.next", "pos");
            add(new Softmax(true, Optional.of(rescale(28, DType.S16))), "probs", DType.S16, scores, "scores", "pos");
            add(new MatMul(false, true, product(38)), "mixed", DType.S16, Shape.of(HEADS, n, HEAD), "probs", "v_cache.next", "pos");
            add(Transpose.of(1, 0, 2), "mixed.t", DType.S16, heads, "mixed");
            add(Reshape.to(n, WIDTH), "rows", DType.S16, Shape.of(n, WIDTH), "mixed.t");
            add(new LastRow(), "y", DType.S16, Shape.of(1, WIDTH), "rows", "n_valid");
            g.output("y");
            g.state("conv.state", "conv.new_state");
            g.state("k_cache", "k_cache.next");
            g.state("v_cache", "v_cache.next");
            return Verifier.check(g.build());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void chunksEqualSingleTokens(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Graph prefill = new Layer("prefill", CHUNK, seed).build(), decode = new Layer("decode", 1, seed).build();
        StatefulRun chunks = new StatefulRun(new IntegerInterpreter()::run), tokens = new StatefulRun(new IntegerInterpreter()::run);
        int[] x = random.ints(CONTEXT * WIDTH, -32767, 32768).toArray();
        Tensor last = Tensor.index(0);
        for (int pos = 0; pos < CONTEXT;) {
            int valid = Math.min(CONTEXT - pos, 1 + random.nextInt(CHUNK));
            Tensor chunk = Tensor.zeros(DType.S16, Shape.of(CHUNK, WIDTH));
            for (int i = 0; i < CHUNK * WIDTH; i++) {
                chunk.setLong(i, i < valid * WIDTH ? x[pos * WIDTH + i] : random.nextInt(-32767, 32768));
            }
            Tensor fromChunk = chunks.run(prefill, Map.of("x", chunk, "pos", Tensor.index(pos), "n_valid", Tensor.index(valid))).get("y");
            for (int t = pos; t < pos + valid; t++) {
                Tensor row = Tensor.ofInts(DType.S16, Shape.of(1, WIDTH), java.util.Arrays.copyOfRange(x, t * WIDTH, (t + 1) * WIDTH));
                last = tokens.run(decode, Map.of("x", row, "pos", Tensor.index(t), "n_valid", Tensor.index(1))).get("y");
            }
            assertThat(fromChunk).as("seed %d: output after token %d", seed, pos + valid - 1).isEqualTo(last);
            assertThat(chunks.states()).as("seed %d: states after token %d", seed, pos + valid - 1).isEqualTo(tokens.states());
            pos += valid;
        }
        // The layer does something: outputs and caches are not flat.
        assertThat(IntStream.of(last.toInts()).distinct().count()).isGreaterThan(4);
        assertThat(IntStream.of(tokens.states().get("k_cache").toInts()).distinct().count()).isGreaterThan(10);
    }
}
