/**
 * Text to token ids and back: {@link org.autoneural.text.Tokenizer}, {@link org.autoneural.text.ChatTemplate} and
 * {@link org.autoneural.text.PromptBuilder}, which joins the two and finds the rows that pictures fill.
 */
package org.autoneural.text;
