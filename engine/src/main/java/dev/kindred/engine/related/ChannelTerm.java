package dev.kindred.engine.related;

/**
 * What one channel said about a pair.
 *
 * @param kind of the channel
 * @param present whether both items have the channel
 * @param cosine of the pair, 0 where not present
 * @param calibrated what enters the merge: log-odds, probability or the cosine itself; where the
 *     target lacks the channel what its {@link Presence} says; 0 where the channel has no say
 * @param merged whether the channel had a say: active, and present or with a presence term, and for
 *     {@link Merge#MAX} present and the larger
 */
public record ChannelTerm(
    Channel.Kind kind, boolean present, float cosine, float calibrated, boolean merged) {}
