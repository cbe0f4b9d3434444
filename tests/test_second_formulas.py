"""The second formulas find the values worked out beforehand, at their printed precision, without any report."""

import pytest

from second_calculation import formulas as stat

# Central counts, then every count that the printed shares allow, of the reference and of what is compared to it.
GIRLS, ALL_GIRLS = (741, 1852, 938, 2233), [(a, 1852, b, 2233) for a in range(732, 751) for b in range(927, 950)]
REFERRED, ALL_REFERRED = ((963, 1852, 1027, 2233), [(a, 1852, b, 2233) for a in range(954, 973) for b in range(1017, 1039)])
NEW, BOYS, NAIVE = (1889, 4352, 1206, 2233), (3951 - 1295, 4352, 1295, 2233), (3095, 6585, 1206, 2233)
# Bases of which 3 424 are printed as 52 %.
SIZES = [size for size in range(1, 20_000) if abs(2 * (342_400 - 52 * size)) <= size]


def printed_as(share: int, size: int) -> list[int]:
    return [n for n in range(size * (share - 1) // 100, size * (share + 1) // 100 + 1) if abs(2 * (100 * n - share * size)) <= size]


ALL_NEW = [(n - 1206, size - 2233, 1206, 2233) for size in SIZES for n in printed_as(47, size)]
ALL_BOYS = [(n - own, size - 2233, own, 2233) for size in SIZES for n in printed_as(60, size) for own in range(1284, 1307)]


def sweep(every: list[tuple], measure) -> tuple[float, float]:
    """The smallest and the largest value of a measure over all compatible counts."""
    values = [measure(*counts) for counts in every]
    return min(values), max(values)


def points(*four: int) -> float:
    return 100 * stat.difference(*four)


def ends(function, *four: int) -> list[float]:
    return [100 * end for end in function(*four)]


def envelope(every: list[tuple]) -> tuple[float, float]:
    return min(100 * stat.newcombe(*four)[0] for four in every), max(100 * stat.newcombe(*four)[1] for four in every)


def p_in_clusters(four: tuple, effect: float) -> float:
    return stat.two_sided(stat.z_pooled(*four), design_effect=effect)


# Each case: its name, the values, and the reference at its printed precision.
REFERENCE = {
    "girls: points": ([points(*GIRLS)], "2.0"),
    "girls: Newcombe": (ends(stat.newcombe, *GIRLS), "-1.0 5.0"),
    "girls: envelope of Newcombe": (envelope(ALL_GIRLS), "-2.0 6.0"),
    "girls: z": ([stat.p_pooled(*GIRLS)], "0.197"),
    "girls: h": ([stat.cohen_h(*GIRLS)], "0.04"),
    # 0.98 in the reference is the score interval; on the log scale, 0.9749.
    "girls: ratio": (stat.log_ratio(*GIRLS), "1.05 0.97 1.13"),
    "girls: sweep of points": (sweep(ALL_GIRLS, points), "1.0 3.0"),
    "girls: sweep of p": (sweep(ALL_GIRLS, stat.p_pooled), "0.054 0.51"),
    "referred: points": ([points(*REFERRED)], "-6.0"),
    "referred: Newcombe": (ends(stat.newcombe, *REFERRED), "-9.1 -2.9"),
    # -2.0 in the reference; the high end of the widest interval is -1.948.
    "referred: envelope of Newcombe": (envelope(ALL_REFERRED), "-10.0 -1.9"),
    "referred: z": ([stat.p_pooled(*REFERRED)], "1.3e-04"),
    "referred: h": ([stat.cohen_h(*REFERRED)], "-0.12"),
    "referred: ratio": (stat.log_ratio(*REFERRED), "0.88 0.83 0.94"),
    "referred: sweep of points": (sweep(ALL_REFERRED, points), "-6.9 -5.0"),
    "referred: sweep of p": (sweep(ALL_REFERRED, stat.p_pooled), "1e-05 1.4e-03"),
    "referred: more persons": (sweep([(c - a,) for a, _, c, _ in ALL_REFERRED], lambda gap: gap), "45 84"),
    "new against the rest: share of the rest": ([100 * NEW[0] / NEW[1]], "43.4"),
    "new against the rest: points": ([points(*NEW)], "10.6"),
    "new against the rest: Newcombe": (ends(stat.newcombe, *NEW), "8.1 13.1"),
    "new against the rest: z": ([stat.p_pooled(*NEW)], "3e-16"),
    "new against the rest: h": ([stat.cohen_h(*NEW)], "0.21"),
    "new against the rest: ratio": (stat.log_ratio(*NEW), "1.24 1.18 1.31"),
    "new against the rest: sweep of the rest": (sweep(ALL_NEW, lambda x, n, *_: 100 * x / n), "42.6 44.2"),
    "new against the rest: sweep of points": (sweep(ALL_NEW, points), "9.8 11.4"),
    "new, naive: points": ([points(*NAIVE)], "7.0"),
    "new, naive: Newcombe": (ends(stat.newcombe, *NAIVE), "4.6 9.4"),
    "new, naive: z": ([stat.p_pooled(*NAIVE)], "1e-08"),
    "new, naive: h and ratio": ([stat.cohen_h(*NAIVE), stat.log_ratio(*NAIVE)[0]], "0.14 1.15"),
    "boys against the rest: share of the rest": ([100 * BOYS[0] / BOYS[1]], "61.0"),
    "boys against the rest: points": ([points(*BOYS)], "-3.0"),
    # -5.6 in the reference; -5.548 here, whatever the formula (Wald, score, Newcombe).
    "boys against the rest: Newcombe": (ends(stat.newcombe, *BOYS), "-5.5 -0.5"),
    "boys against the rest: z": ([stat.p_pooled(*BOYS)], "0.017"),
    "boys against the rest: h and ratio": ([stat.cohen_h(*BOYS), stat.log_ratio(*BOYS)[0]], "-0.06 0.95"),
    "boys against the rest: sweep of points": (sweep(ALL_BOYS, points), "-4.6 -1.5"),
    # 3e-4 in the reference, cut short; 3.5e-4 here.
    "boys against the rest: sweep of p": (sweep(ALL_BOYS, stat.p_pooled), "3.5e-04 0.23"),
    # R: fisher.test(matrix(c(4, 2, 2, 9), 2)) gives 7.639 and 0.6137 to 151.77, where its search stops.
    "no team: CAPEP against the others": ([stat.central_fisher(2, 11, 4, 6), *stat.exact_odds_ratio(2, 11, 4, 6)], "0.144 7.64 0.614 151.7"),
    "posts: shares": ([100 * n / 17 for n in (6, 15, 9)], "35 88 53"),
    "posts: Wilson": ([100 * end for n in (6, 15, 9) for end in stat.wilson(n, 17)], "17 59 66 97 31 74"),
    # From the share of girls; from that of collège referral, 4.4 points.
    "detectable": ([100 * stat.detectable(share, 1852, 2233) for share in (0.40, 0.52)], "4.3 4.4"),
    # 3 and 4.5 in the reference are rounded down; with 31 persons a post, 3.1 and 4.6.
    "design effects": ([stat.design_effect(2233 / 73, rho) for rho in (0.02, 0.07, 0.12)], "1.6 3.1 4.6"),
    # 0.071 in the reference has the variance of each year apart; pooled as in the test itself, 0.0715.
    "referred: p in clusters": ([p_in_clusters(REFERRED, effect) for effect in (1.6, 3, 4.5)], "0.0025 0.027 0.0715"),
    "girls: p in clusters": ([p_in_clusters(GIRLS, effect) for effect in (1.6, 3, 4.5)], "0.31 0.46 0.54"),
    "referred: composition": ([100 * stat.composition(*REFERRED), *(100 * end for end in sweep(ALL_REFERRED, stat.composition))], "16.8 11.8 22.0"),
    "girls: composition": ([100 * stat.composition(*GIRLS), *(100 * end for end in sweep(ALL_GIRLS, stat.composition))], "51.7 46 57"),
}  # fmt: skip


def written(value: float, like: str) -> str:
    mantissa, _, exponent = like.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return f"{value:.{decimals}e}" if exponent else f"{value:.{decimals}f}"


@pytest.mark.parametrize("name", REFERENCE)
def test_a_value_of_the_reference_is_found_at_its_printed_precision(name):
    values, expected = REFERENCE[name]
    assert [written(value, like) for value, like in zip(values, expected.split(), strict=True)] == expected.split()


def test_what_the_sweeps_allow_to_conclude():
    assert sweep(ALL_GIRLS, stat.p_pooled)[0] > 0.05 > sweep(ALL_REFERRED, stat.p_pooled)[1]
    low, high = sweep(ALL_BOYS, stat.p_pooled)
    assert low < 0.05 < high
    assert (SIZES[0], SIZES[-1], len(SIZES)) == (6522, 6648, 127)


