package org.autoneural.runtime;

import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;

/**
 * Names and extents of a vision-language program's entry points (docs/architecture.md, "Entry points").
 *
 * @param pictureHeight  rows of the picture that {@code vision} takes
 * @param pictureWidth   columns of it
 * @param pictureTokens  rows of {@code features}: visual tokens of one picture
 * @param hidden         width of a row
 * @param chunk          most tokens of one {@code prefill}
 * @param context        most tokens of one conversation
 * @param vocabulary     number of token ids
 * @param logitScale     real value of one step of the logits
 */
record EntryPoints(int pictureHeight, int pictureWidth, int pictureTokens, int hidden, int chunk, int context, int vocabulary,
        double logitScale) {
    static final String VISION = "vision";
    static final String PREFILL = "prefill";
    static final String DECODE = "decode";

    static EntryPoints of(Program program) {
        Graph vision = program.entryPoint(VISION);
        Graph prefill = program.entryPoint(PREFILL);
        program.entryPoint(DECODE);
        Shape image = vision.type("image").shape();
        Shape features = vision.type("features").shape();
        int chunk = prefill.type("ids").shape().dim(0);
        int context = prefill.states().stream().filter(s -> s.input().endsWith(".k_cache"))
                .mapToInt(s -> prefill.type(s.input()).shape().dim(1)).min().orElse(Integer.MAX_VALUE);
        double logitScale = prefill.type("logits").quant().map(QuantParams::scale).orElseThrow(() ->
                new IllegalArgumentException("the logits of entry point prefill carry no encoding; recompile the model"));
        return new EntryPoints(image.dim(1), image.dim(2), features.dim(0), features.dim(1), chunk, context,
                prefill.type("logits").shape().dim(-1), logitScale);
    }
}
