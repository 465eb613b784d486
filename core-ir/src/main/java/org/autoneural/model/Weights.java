package org.autoneural.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorViews;

/**
 * The tensors of a checkpoint as the builders read them: by name, each handed out as one object however often it is asked
 * for, and with a record of what was read, so that a tensor nobody knows cannot be dropped in silence.
 */
public final class Weights {
    private final String source;
    private final Set<String> names;
    private final Function<String, ? extends TensorData> require;
    private final Map<String, TensorData> views = new HashMap<>();
    private final Map<String, TensorData> derived = new HashMap<>();
    private final Set<String> used = new LinkedHashSet<>();

    private Weights(String source, Collection<String> names, Function<String, ? extends TensorData> require) {
        this.source = source;
        this.names = new TreeSet<>(names);
        this.require = require;
    }

    /** All tensors of {@code checkpoint}; its own error when one is missing. */
    public static Weights of(Checkpoint checkpoint) {
        return new Weights(checkpoint.folder().toString(), checkpoint.tensors(), checkpoint::tensor);
    }

    /** The tensors of {@code tensors}; messages call them {@code source}. */
    public static Weights of(String source, Map<String, ? extends TensorData> tensors) {
        return new Weights(source, tensors.keySet(), name -> {
            TensorData tensor = tensors.get(name);
            if (tensor == null) {
                throw new ModelException(source, "tensor " + name + " is missing", "Give a complete set of tensors.");
            }
            return tensor;
        });
    }

    /** An error about these weights: what is wrong with them, and what to do. */
    public ModelException fail(String problem, String remedy) {
        return new ModelException(source, problem, remedy);
    }

    /** Names of all tensors of the checkpoint. */
    public Set<String> names() {
        return names;
    }

    /** Whether the checkpoint has a tensor of that name. */
    public boolean has(String name) {
        return names.contains(name);
    }

    /** Tensor {@code name} in the shape it is stored in; an error naming it when there is none. */
    public TensorData get(String name) {
        used.add(name);
        return views.computeIfAbsent(name, require);
    }

    /** Tensor {@code name} seen in another shape, which differs in axes of extent 1 only; the same object at every call. */
    public TensorData get(String name, Shape shape) {
        TensorData stored = get(name);
        if (stored.shape().equals(shape)) {
            return stored;
        }
        if (!withoutOnes(stored.shape()).equals(withoutOnes(shape))) {
            throw fail("tensor " + name + " has shape " + stored.shape() + " where " + shape
                    + " (up to axes of extent 1) is needed", "Check that config.json belongs to these weights.");
        }
        return views.computeIfAbsent(name + shape, key -> TensorViews.reshaped(stored, shape));
    }

    private static List<Integer> withoutOnes(Shape shape) {
        return shape.dims().stream().filter(d -> d != 1).toList();
    }

    /** Shape of tensor {@code name}; counts as no use of it. */
    public Shape shape(String name) {
        return views.computeIfAbsent(name, require).shape();
    }

    /** A constant that follows from the configuration; the first one made under {@code name} serves for ever. */
    TensorData derived(String name, Supplier<TensorData> make) {
        return derived.computeIfAbsent(name, key -> make.get());
    }

    /** The tensors that were read, in the order of their first use. */
    public Set<String> used() {
        return used;
    }

    /**
     * What stands before {@code suffix} in the one tensor name that ends with it: where a module lives in this checkpoint
     * ({@code model.vision_tower.timm_model.} for {@code conv_stem.conv.weight}).
     *
     * @throws ModelException when no name or several names end so
     */
    public String prefixOf(String suffix) {
        List<String> found = new ArrayList<>();
        for (String name : names) {
            if (name.equals(suffix) || name.endsWith("." + suffix)) {
                found.add(name.substring(0, name.length() - suffix.length()));
            }
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        throw fail(found.isEmpty() ? "no tensor is called " + suffix + " (under any prefix)"
                : "several tensors end with " + suffix + ", under the prefixes " + found,
                "The module must be there exactly once; check that config.json belongs to these weights.");
    }
}
