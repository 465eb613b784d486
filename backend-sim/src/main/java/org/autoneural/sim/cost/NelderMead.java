package org.autoneural.sim.cost;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.ToDoubleFunction;

/** Minimum of a function of a few variables without derivatives: Nelder and Mead, The Computer Journal 7 (1965). */
final class NelderMead {
    private NelderMead() {}

    private record Point(double[] at, double value) {}

    /**
     * @param start first point; the simplex reaches {@code step} from it along every axis
     * @param most  most evaluations
     */
    static double[] minimize(ToDoubleFunction<double[]> function, double[] start, double step, int most) {
        int n = start.length;
        Point[] simplex = new Point[n + 1];
        for (int i = 0; i <= n; i++) {
            double[] at = start.clone();
            if (i > 0) {
                at[i - 1] += step;
            }
            simplex[i] = new Point(at, function.applyAsDouble(at));
        }
        int used = n + 1;
        while (used < most) {
            Arrays.sort(simplex, Comparator.comparingDouble(Point::value));
            if (simplex[n].value - simplex[0].value < 1e-9 * (1 + Math.abs(simplex[0].value))) {
                break;
            }
            double[] centre = new double[n];
            for (int i = 0; i < n; i++) {
                for (int k = 0; k < n; k++) {
                    centre[k] += simplex[i].at[k] / n;
                }
            }
            Point reflected = along(function, centre, simplex[n], -1);
            used++;
            if (reflected.value < simplex[0].value) {
                Point expanded = along(function, centre, simplex[n], -2);
                used++;
                simplex[n] = expanded.value < reflected.value ? expanded : reflected;
            } else if (reflected.value < simplex[n - 1].value) {
                simplex[n] = reflected;
            } else {
                Point contracted = along(function, centre, simplex[n], reflected.value < simplex[n].value ? -0.5 : 0.5);
                used++;
                if (contracted.value < Math.min(reflected.value, simplex[n].value)) {
                    simplex[n] = contracted;
                } else {
                    for (int i = 1; i <= n; i++) {
                        simplex[i] = along(function, simplex[0].at, simplex[i], 0.5);
                        used++;
                    }
                }
            }
        }
        Arrays.sort(simplex, Comparator.comparingDouble(Point::value));
        return simplex[0].at;
    }

    /** The point {@code centre + factor (from - centre)}. */
    private static Point along(ToDoubleFunction<double[]> function, double[] centre, Point from, double factor) {
        double[] at = new double[centre.length];
        for (int k = 0; k < at.length; k++) {
            at[k] = centre[k] + factor * (from.at[k] - centre[k]);
        }
        return new Point(at, function.applyAsDouble(at));
    }
}
