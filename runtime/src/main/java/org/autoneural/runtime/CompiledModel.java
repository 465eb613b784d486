package org.autoneural.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.autoneural.artifact.Artifact;
import org.autoneural.artifact.MetadataKeys;
import org.autoneural.backend.Backends;
import org.autoneural.backend.Executable;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.compare.DumpWriter;
import org.autoneural.compare.DumpedRuns;
import org.autoneural.image.Preprocessing;
import org.autoneural.ir.Program;
import org.autoneural.text.ChatTemplate;
import org.autoneural.text.Message;
import org.autoneural.text.PictureTokens;
import org.autoneural.text.PromptBuilder;
import org.autoneural.text.Tokenizer;

/**
 * A compiled model, mapped from a {@code model.npu} file and ready to run. Immutable: any number of sessions and threads
 * share it and its weights.
 *
 * <pre>{@code
 * try (CompiledModel model = CompiledModel.load(Path.of("model.npu"));
 *      Conversation conversation = model.newConversation()) {
 *     conversation.ask("How fast is the car going?").about(Path.of("cluster.png")).answer(System.out::print);
 * }
 * }</pre>
 */
public final class CompiledModel implements AutoCloseable {
    /** Hashing this much takes a fraction of a second. */
    private static final long CHECKED_BYTES = 128 << 20;
    private static final String TOKENIZER = "tokenizer.json";

    private final Artifact artifact;
    private final Executable executable;
    private final EntryPoints entry;
    private final Optional<Words> words;

    /** What turns words and picture files into ids and pixels; a model compiled without a tokenizer has none. */
    private record Words(Tokenizer tokenizer, PromptBuilder prompts, Preprocessing preprocessing) {
        static Words of(Artifact artifact, Tokenizer tokenizer, EntryPoints entry) {
            byte[] tokenizerConfig = file(artifact, "tokenizer_config.json");
            return new Words(tokenizer, new PromptBuilder(tokenizer, ChatTemplate.of(tokenizerConfig, "tokenizer_config.json"),
                    PictureTokens.of(file(artifact, "config.json"), tokenizerConfig)),
                    Preprocessing.of(file(artifact, "preprocessor_config.json"), "preprocessor_config.json")
                            .withSize(entry.pictureWidth(), entry.pictureHeight()));
        }
    }

    private CompiledModel(Artifact artifact, Executable executable, Optional<Tokenizer> tokenizer) {
        this.artifact = artifact;
        this.executable = executable;
        this.entry = EntryPoints.of(executable.program());
        this.words = tokenizer.map(t -> Words.of(artifact, t, entry));
    }

    /** Loads with all processors and the fastest kernels this JVM has. */
    public static CompiledModel load(Path file) {
        return load(file, ExecutionOptions.defaults());
    }

    /**
     * Maps the file, checks it and prepares its target's executor. Files of up to {@value #CHECKED_BYTES} bytes are checked
     * whole; of larger ones only the directory, so that loading reads no weight before it is needed ({@code autoneural inspect
     * --verify} checks every byte).
     *
     * @throws org.autoneural.artifact.ArtifactException when the file is missing, damaged, foreign or from a newer version
     */
    public static CompiledModel load(Path file, ExecutionOptions options) {
        Artifact artifact = Artifact.open(file);
        try {
            if (Files.size(file) <= CHECKED_BYTES) {
                artifact.verify();
            }
            Backends.Choice choice = Backends.target(artifact.metadata().getOrDefault(MetadataKeys.TARGET, "sim"));
            Executable executable = choice.backend().load(artifact.compiled(), choice.target(), options);
            return withFiles(artifact, executable);
        } catch (IOException e) {
            artifact.close();
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            artifact.close();
            throw e;
        }
    }

    private static CompiledModel withFiles(Artifact artifact, Executable executable) {
        try {
            Optional<Tokenizer> tokenizer = artifact.files().contains(TOKENIZER)
                    ? Optional.of(Tokenizer.of(file(artifact, TOKENIZER), TOKENIZER)) : Optional.empty();
            try {
                return new CompiledModel(artifact, executable, tokenizer);
            } catch (RuntimeException e) {
                tokenizer.ifPresent(Tokenizer::close);
                throw e;
            }
        } catch (RuntimeException e) {
            executable.close();
            throw e;
        }
    }

    private static byte[] file(Artifact artifact, String name) {
        ByteBuffer bytes = artifact.file(name).orElseThrow(() -> new IllegalArgumentException(artifact.path() + " holds no "
                + name + "; it holds " + artifact.files() + ". Recompile it from a checkpoint folder that has this file"));
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }

    /** A fresh state at the level of tensors and token ids. */
    public Session newSession() {
        return new Session(executable.newContext(), entry);
    }

    /** A fresh state whose runs are measured op by op, which costs some microseconds an op. */
    public Session newSession(OpTimes times) {
        return new Session(new WatchedContext(executable.newContext(), false,
                (context, entryPoint) -> Optional.of(times.measure(executable.program(), entryPoint))), entry);
    }

    /** A fresh conversation in words. */
    public Conversation newConversation() {
        return conversation(executable::newContext, List.of());
    }

    /** A fresh conversation whose first run of each entry point is written to {@code dump}, tensor by tensor. */
    public Conversation newConversation(DumpWriter dump) {
        return conversation(() -> new WatchedContext(executable.newContext(), true, new DumpedRuns(executable.program(), dump)::begin), List.of());
    }

    /** A fresh conversation that opens with a system message. */
    public Conversation newConversation(String system) {
        return conversation(executable::newContext, List.of(Message.of("system", system)));
    }

    private Conversation conversation(Supplier<ExecutionContext> context, List<Message> opening) {
        words();
        return new Conversation(this, new Session(context.get(), entry), s -> new Sampler(s, entry.logitScale()), opening);
    }

    /**
     * The token ids that follow {@code ids} in a session of their own, up to a stop token, the most tokens of {@code generation} or
     * the end of the context.
     *
     * @param onId is given each id as soon as it is known
     */
    public List<Integer> continueIds(int[] ids, Generation generation, IntConsumer onId) {
        Sampler sampler = new Sampler(generation.sampling(), entry.logitScale());
        List<Integer> answer = new ArrayList<>();
        try (Session session = newSession()) {
            session.feed(ids);
            Arrays.stream(ids).forEach(sampler::occurred);
            while (answer.size() < generation.maxTokens()) {
                int id = sampler.next(session.logits());
                if (generation.stopIds().contains(id)) {
                    break;
                }
                answer.add(id);
                onId.accept(id);
                if (session.position() == session.capacity() || answer.size() == generation.maxTokens()) {
                    break;
                }
                session.feed(id);
                sampler.occurred(id);
            }
        }
        return answer;
    }

    /** Whether the file holds a tokenizer; without one there are sessions, which take ids, but no conversations. */
    public boolean takesWords() {
        return words.isPresent();
    }

    private Words words() {
        return words.orElseThrow(() -> new UnsupportedOperationException(artifact.path() + " holds no " + TOKENIZER
                + ", so it takes token ids, not words. Use run --ids or bench, or recompile it from a checkpoint folder that has this file"));
    }

    /** From picture files to the bytes that the model takes. */
    public Preprocessing preprocessing() {
        return words().preprocessing();
    }

    /** The model's tokenizer; an {@link UnsupportedOperationException} when it takes no words. */
    public Tokenizer tokenizer() {
        return words().tokenizer();
    }

    /** What turns a conversation into token ids; an {@link UnsupportedOperationException} when the model takes no words. */
    public PromptBuilder prompts() {
        return words().prompts();
    }

    /** Number of token ids that the model knows: 0 to this less one. */
    public int vocabulary() {
        return entry.vocabulary();
    }

    /** Bytes of a picture as {@link Session#look} takes it. */
    public int pictureBytes() {
        return 3 * entry.pictureWidth() * entry.pictureHeight();
    }

    /** Sampling, length and stop tokens as the model's own files say; greedy when they say nothing. */
    public Generation generation() {
        return GenerationDefaults.read(artifact);
    }

    /** The INTEGER graphs. */
    public Program program() {
        return executable.program();
    }

    /** Facts that the compiler wrote down: model, recipe, target, versions. */
    public Map<String, String> metadata() {
        return artifact.metadata();
    }

    /** Kernels in use. */
    public String kernels() {
        return executable.kernels();
    }

    @Override
    public void close() {
        executable.close();
        words.ifPresent(w -> w.tokenizer().close());
        artifact.close();
    }
}
