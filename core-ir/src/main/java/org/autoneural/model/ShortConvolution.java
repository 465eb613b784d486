package org.autoneural.model;

import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Slice;

/**
 * LFM2's double-gated short convolution (model.md C.2, C.3): {@code [B; C; X] = W_in a}, {@code u = B X}, {@code z} the causal
 * depthwise convolution of u over L tokens, {@code y = W_out (C z)}. The state is the last L - 1 rows of u.
 *
 * @param bias whether in_proj, conv and out_proj have biases ({@code conv_bias})
 */
record ShortConvolution(boolean bias) implements TokenMixer {
    @Override
    public String build(Scope layer, String x, TokenInputs tokens) {
        // x: [N, D]; projected: [N, 3 D]; gates and u: [N, D]; state: [L - 1, D], oldest first
        Scope scope = layer.child("conv");
        int width = scope.graph().shape(x).dim(1);
        String projected = scope.child("in_proj").linear(x, bias);
        String b = scope.addInner(new Slice(1, 0, width), "b", projected);
        String c = scope.addInner(new Slice(1, width, 2 * width), "c", projected);
        String values = scope.addInner(new Slice(1, 2 * width, 3 * width), "x", projected);
        String u = scope.addInner(Mul.of(), "bx", b, values);
        String z = convolve(scope, u, tokens);
        String gated = scope.addInner(Mul.of(), "gated", c, z);
        return scope.child("out_proj").linear(gated, bias);
    }

    private String convolve(Scope scope, String u, TokenInputs tokens) {
        Scope conv = scope.child("conv");
        int width = scope.graph().shape(u).dim(1);
        Shape stored = conv.shape("weight"); // [D, 1, L]
        int taps = stored.dim(-1);
        String weight = conv.constant("weight", width, taps);
        String state = scope.graph().input(scope.value() + ".state", TensorType.f32(taps - 1, width));
        String next = scope.value() + ".new_state";
        String[] operands = bias ? new String[] {u, state, tokens.nValid(), weight, conv.constant("bias")}
                : new String[] {u, state, tokens.nValid(), weight};
        tokens.states().add(new StateBinding(state, next));
        return scope.graph().add(CausalConv1d.of(), List.of(conv.value(), next), conv.module(), operands).get(0);
    }
}
