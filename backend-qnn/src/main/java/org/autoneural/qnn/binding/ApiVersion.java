package org.autoneural.qnn.binding;

/** A version of an interface; {@code toString} prints {@code 2.27.0}, {@link #parse} reads it. */
public record ApiVersion(int major, int minor, int patch) implements Comparable<ApiVersion> {
    /** @throws IllegalArgumentException when {@code text} is no {@code major.minor.patch} */
    public static ApiVersion parse(String text) {
        String[] parts = text.split("\\.");
        if (parts.length != 3) {
            throw new IllegalArgumentException("'" + text + "' is no version like 2.27.0");
        }
        return new ApiVersion(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    @Override
    public int compareTo(ApiVersion other) {
        int byMajor = Integer.compare(major, other.major);
        int byMinor = Integer.compare(minor, other.minor);
        return byMajor != 0 ? byMajor : byMinor != 0 ? byMinor : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
