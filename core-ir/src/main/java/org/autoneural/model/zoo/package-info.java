/**
 * Builders of public networks by their published definitions: shapes as published, weights random and made only when read. They
 * calibrate the latency model and exercise the compiler; nothing here is trained.
 */
package org.autoneural.model.zoo;
