/**
 * The compiled model: one file {@code model.npu} with a FlatBuffers directory of the entry points and 64-byte aligned,
 * hashed weight segments that the entry points share. Read first: {@link org.autoneural.artifact.ArtifactWriter} (the file
 * format), {@link org.autoneural.artifact.Artifact} (loading). The classes in {@code schema} are generated from
 * {@code src/main/flatbuffers/artifact.fbs}.
 */
package org.autoneural.artifact;
