package org.autoneural.artifact;

/** Keys of the metadata that the compiler writes and the runtime reads; others may stand beside them. */
public final class MetadataKeys {
    /** Name of the model: {@code cockpit-tiny}. */
    public static final String MODEL = "model";
    /** Quantization recipe: {@code w8a16-w4a16}. */
    public static final String RECIPE = "recipe";
    /** Target the model was compiled for: {@code sim}. */
    public static final String TARGET = "target";
    /** Positions in the KV cache, decimal. */
    public static final String CONTEXT = "context";
    /** Tokens in a prefill chunk, decimal. */
    public static final String CHUNK = "chunk";
    /** Version of the compiler. */
    public static final String COMPILER = "compiler";

    private MetadataKeys() {}
}
