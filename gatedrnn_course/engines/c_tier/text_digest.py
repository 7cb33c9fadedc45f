"""The C text that tells whether numbers in memory are still the same ones, at the speed of reading them."""

__all__ = ["DIGEST"]

DIGEST = """
#include <stdint.h>

enum { LANES_OF_WORDS = 64 };

/* A digest of several areas. Each lane adds up its words and, so that their order counts, the sums on the way. */
uint64_t digest(const uint32_t *const *areas, const long *words, long count) {
    uint64_t told = 0;
    for (long k = 0; k < count; k++) {
        uint32_t sum[LANES_OF_WORDS] = {0}, sums[LANES_OF_WORDS] = {0};
        const uint32_t *area = areas[k];
        long i = 0;
        for (; i + LANES_OF_WORDS <= words[k]; i += LANES_OF_WORDS)
            for (int j = 0; j < LANES_OF_WORDS; j++) {
                sum[j] += area[i + j];
                sums[j] += sum[j];
            }
        for (int j = 0; i + j < words[k]; j++) {
            sum[j] += area[i + j];
            sums[j] += sum[j];
        }
        for (int j = 0; j < LANES_OF_WORDS; j++)
            told = (told ^ (((uint64_t)sums[j] << 32) | sum[j])) * 0x9E3779B97F4A7C15u + 1;
    }
    return told;
}
"""
