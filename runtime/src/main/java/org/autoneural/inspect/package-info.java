/**
 * Looking into compiled models: {@link org.autoneural.inspect.ModelDifference} says in words what changed between two of them,
 * {@link org.autoneural.inspect.ModelPage} draws one as a page. Knows artifacts and graphs; no session, compiler or quantizer.
 */
package org.autoneural.inspect;
