/**
 * Trained weights as they come from disk: safetensors files (single or sharded) and the JSON files beside them.
 *
 * <p>{@link org.autoneural.checkpoint.Checkpoint} is a folder, {@link org.autoneural.checkpoint.CheckpointTensor} one tensor
 * of it, read straight from the memory-mapped file, {@link org.autoneural.checkpoint.Config} a JSON file with typed access.
 * Everything a file says is checked before it is used; what is wrong becomes a
 * {@link org.autoneural.checkpoint.CheckpointException} that a user can act on.
 *
 * <p>Of the rest of core-ir this package knows only {@code DType}, {@code Shape} and {@code TensorData}.
 */
package org.autoneural.checkpoint;
