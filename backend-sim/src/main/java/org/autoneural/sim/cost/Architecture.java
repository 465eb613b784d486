package org.autoneural.sim.cost;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What is known of a device's structure, as data: a file {@code NAME.properties} beside this class, which names the source of
 * every number.
 *
 * @param name          as on the command line
 * @param description   one line
 * @param onChipBytes   size of the on-chip memory
 * @param usablePart    part of it that tensors and tiles may take, 0 to 1
 * @param tileRows      rows of the array's granule
 * @param tileColumns8  columns of the granule for 8-bit activations
 * @param tileColumns16 columns of the granule for 16-bit activations
 * @param tileChannels  channels of the granule, inputs and outputs
 * @param matrixRows    rows of the granule of a matrix product
 * @param vectorBytes   bytes of a vector register
 * @param peakDdrBytesPerSecond most that the memory bus can carry
 * @param stockDecodeBytesPerSecond what decoders reach with the vendor's software
 */
record Architecture(String name, String description, long onChipBytes, double usablePart, int tileRows, int tileColumns8,
        int tileColumns16, int tileChannels, int matrixRows, int vectorBytes, double peakDdrBytesPerSecond,
        double stockDecodeBytesPerSecond) {

    /** Reads resource {@code name.properties}. */
    static Architecture read(String name) {
        Properties p = properties(name + ".properties");
        return new Architecture(text(p, "name"), text(p, "description"), Long.parseLong(text(p, "onChipBytes")),
                number(p, "usablePart"), integer(p, "tileRows"), integer(p, "tileColumns8"), integer(p, "tileColumns16"),
                integer(p, "tileChannels"), integer(p, "matrixRows"), integer(p, "vectorBytes"), number(p, "peakDdrBytesPerSecond"),
                number(p, "stockDecodeBytesPerSecond"));
    }

    /** Bytes of on-chip memory for tensors and tiles. */
    long roomBytes() {
        return (long) (onChipBytes * usablePart);
    }

    static Properties properties(String resource) {
        Properties properties = new Properties();
        try (InputStream in = Architecture.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource " + resource + " is missing beside " + Architecture.class.getName());
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    static String text(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalStateException("key " + key + " is missing among " + properties.stringPropertyNames());
        }
        return value.strip();
    }

    static double number(Properties properties, String key) {
        return Double.parseDouble(text(properties, key));
    }

    private static int integer(Properties properties, String key) {
        return Integer.parseInt(text(properties, key));
    }
}
