# Makes r.json: what R says of the cases that the suite holds our numbers against. Rscript make.R > r.json
# Needs base R 4 alone. Numbers are written with 15 digits.

number <- function(x) if (is.finite(x)) sprintf("%.15g", x) else "null"
json <- function(x) {
  if (is.list(x)) {
    parts <- mapply(function(name, value) sprintf("\"%s\": %s", name, json(value)), names(x), x)
    return(sprintf("{ %s }", paste(parts, collapse = ", ")))
  }
  if (is.character(x)) return(sprintf("\"%s\"", x))
  if (inherits(x, "AsIs") || length(x) > 1) return(sprintf("[%s]", paste(sapply(unclass(x), number), collapse = ", ")))
  number(x)
}
lines <- c()
case <- function(name, of, given, expected) {
  lines <<- c(lines, sprintf("    %s", json(list(name = name, of = of, given = given, expected = expected))))
}
sums <- function(x) list(users = length(x), sum = sum(x), sumOfSquares = sum(x^2))

# Distributions, down to tails of 1e-12 and far beyond.
for (z in c(0.1, 1, 1.959964, 3, 5, 7.1305, 8.5, 20)) {
  case(sprintf("normal, z = %g", z), "normal", list(z = z), list(upper = pnorm(z, lower.tail = FALSE), twoSided = 2 * pnorm(-z)))
}
for (df in c(1, 2.5, 17.776, 198, 1e5)) for (t in c(0.3, 2, 7.5, 30)) {
  case(sprintf("t = %g, df = %g", t, df), "student", list(t = t, df = df), list(twoSided = 2 * pt(-t, df)))
}
for (df in c(1, 3, 7, 99)) for (x in c(0.2, 5, 51, 200)) {
  case(sprintf("chi-square = %g, df = %g", x, df), "chiSquare", list(x = x, df = df), list(upper = pchisq(x, df, lower.tail = FALSE)))
}
for (p in c(0.25, 0.025, 1e-6, 1e-12)) {
  case(sprintf("normal quantile of %g", p), "normalQuantile", list(tail = p), list(z = qnorm(p, lower.tail = FALSE)))
  for (df in c(4, 17.776, 1000)) {
    case(sprintf("t quantile of %g, df = %g", p, df), "studentQuantile", list(tail = p, df = df), list(t = qt(p, df, lower.tail = FALSE)))
  }
}
for (a in c(0.5, 3, 120)) for (x in c(0.001, 0.2, 0.9)) {
  case(sprintf("beta(%g, 40) at %g", a, x), "beta", list(x = x, alpha = a, beta = 40),
    list(lower = pbeta(x, a, 40), upper = pbeta(x, a, 40, lower.tail = FALSE)))
}

# Welch's t test.
welch <- function(name, control, variation, level = 0.95) {
  test <- t.test(variation, control, conf.level = level)
  case(name, "welch", list(control = sums(control), variation = sums(variation), alpha = 1 - level), list(
    difference = unname(test$estimate[1] - test$estimate[2]), statistic = unname(test$statistic), df = unname(test$parameter),
    pValue = test$p.value, low = test$conf.int[1], high = test$conf.int[2], standardError = test$stderr))
}
group <- function(which) sleep$extra[sleep$group == which]
welch("sleep: group 1 against 2", group(2), group(1))
welch("sleep at 99 %", group(1), group(2), 0.99)
welch("mtcars: miles per gallon by transmission", mtcars$mpg[mtcars$am == 0], mtcars$mpg[mtcars$am == 1])
welch("mtcars: weight by transmission", mtcars$wt[mtcars$am == 0], mtcars$wt[mtcars$am == 1], 0.975)
welch("PlantGrowth: control and treatment 1", PlantGrowth$weight[1:10], PlantGrowth$weight[11:20])
welch("PlantGrowth: control and treatment 2", PlantGrowth$weight[1:10], PlantGrowth$weight[21:30])
welch("ToothGrowth by supplement", ToothGrowth$len[ToothGrowth$supp == "VC"], ToothGrowth$len[ToothGrowth$supp == "OJ"])
welch("ToothGrowth: smallest and largest dose", ToothGrowth$len[ToothGrowth$dose == 0.5], ToothGrowth$len[ToothGrowth$dose == 2])
welch("iris: petals of two species", iris$Petal.Length[1:50], iris$Petal.Length[51:100])
welch("two users each", c(1, 2), c(4, 9))
welch("very unequal groups", seq(0, 10, length.out = 500), c(1, 5, 30))
set.seed(42)
welch("revenue: mostly zero", rbinom(4000, 1, 0.1) * rexp(4000, 1 / 40), rbinom(4100, 1, 0.11) * rexp(4100, 1 / 41))
welch("large means, small spread", rnorm(300, 1000, 0.5), rnorm(300, 1000.1, 0.6))

# Two proportions.
rates <- function(name, x, n, level = 0.95) {
  test <- suppressWarnings(prop.test(x, n, correct = FALSE, conf.level = level))
  case(name, "rates", list(control = list(users = n[2], converted = x[2]), variation = list(users = n[1], converted = x[1]), alpha = 1 - level), list(
    difference = unname(test$estimate[1] - test$estimate[2]), squaredStatistic = unname(test$statistic), pValue = test$p.value,
    low = test$conf.int[1], high = test$conf.int[2]))
}
rates("smokers of the help page, first two", c(83, 90), c(86, 93))
rates("smokers of the help page, last two", c(129, 70), c(136, 82))
rates("heads of coins", c(15, 25), c(50, 50))
rates("5 % and 6 %", c(600, 500), c(10000, 10000))
rates("5 % and 6 % at 97.5 %", c(600, 500), c(10000, 10000), 0.975)
rates("none against some", c(0, 12), c(200, 210))
rates("all against most", c(50, 44), c(50, 50))
rates("one user against many", c(1, 400), c(1, 1000))
rates("far apart", c(5600, 5000), c(10000, 10000))
rates("a million each", c(50321, 50011), c(1e6, 1e6))
rates("unequal groups", c(12, 1043), c(90, 9000), 0.9)
for (x in c(0, 3, 50, 100)) {
  test <- suppressWarnings(prop.test(x, 100, correct = FALSE))
  case(sprintf("%d of 100", x), "rateInterval", list(users = 100, converted = x, alpha = 0.05), list(low = test$conf.int[1], high = test$conf.int[2]))
}

# Chi-square.
goodness <- function(name, x, p) {
  test <- suppressWarnings(chisq.test(x, p = p, rescale.p = TRUE))
  case(name, "fit", list(counts = x, shares = p), list(statistic = unname(test$statistic), df = unname(test$parameter), pValue = test$p.value))
}
goodness("the help page's A, B, C", c(20, 15, 25), rep(1 / 3, 3))
goodness("the help page's five, rescaled", c(89, 37, 30, 28, 2), c(40, 20, 20, 15, 5))
goodness("the help page's last", c(89, 37, 30, 28, 2), c(0.40, 0.20, 0.20, 0.15, 0.05))
goodness("even halves", c(5021, 4979), c(50, 50))
goodness("halves that are none", c(5300, 4700), c(50, 50))
goodness("ninety and ten", c(90210, 9790), c(90, 10))
goodness("far off", c(60000, 50000), c(1, 1))
table <- function(name, m) {
  test <- suppressWarnings(chisq.test(m, correct = FALSE))
  case(name, "independence", list(first = m[1, ], second = m[2, ]), list(statistic = unname(test$statistic), df = unname(test$parameter), pValue = test$p.value))
}
table("party affiliation of the help page", rbind(c(762, 327, 468), c(484, 239, 477)))
smokers <- c(83, 90, 129, 70); patients <- c(86, 93, 136, 82)
test <- prop.test(smokers, patients)
case("prop.test of the help page's four groups", "independence", list(first = smokers, second = patients - smokers),
  list(statistic = unname(test$statistic), df = unname(test$parameter), pValue = test$p.value))
table("two by two", rbind(c(12, 5), c(3, 19)))
table("two by four", rbind(c(10, 20, 30, 40), c(12, 18, 33, 37)))

# Corrections.
adjust <- function(name, p) for (method in c("bonferroni", "holm", "BH")) {
  case(sprintf("%s, %s", name, method), "adjust", list(pValues = I(p), method = method), list(adjusted = I(p.adjust(p, method))))
}
set.seed(123)
x <- rnorm(50, mean = c(rep(0, 25), rep(3, 25)))
adjust("the help page's fifty", 2 * pnorm(sort(-abs(x))))
adjust("unsorted, with ties", c(0.04, 0.001, 0.03, 0.03, 0.9, 0.0005))
adjust("one", c(0.03))

# CUPED is an analysis of covariance: the same slope, and the same difference of adjusted means.
withBefore <- function(since, before) c(sums(since), list(before = list(sum = sum(before), sumOfSquares = sum(before^2), sumOfProducts = sum(since * before))))
cuped <- function(name, since, before, isVariation) {
  model <- lm(since ~ isVariation + before)
  slope <- coef(model)[["before"]]
  adjusted <- since - slope * (before - mean(before))
  welch <- t.test(adjusted[isVariation], adjusted[!isVariation])
  within <- function(x) sum(tapply(x, isVariation, function(v) sum((v - mean(v))^2)))
  case(name, "cuped", list(control = withBefore(since[!isVariation], before[!isVariation]), variation = withBefore(since[isVariation], before[isVariation])),
    list(ofModel = coef(model)[["isVariationTRUE"]], difference = unname(welch$estimate[1] - welch$estimate[2]), statistic = unname(welch$statistic),
      pValue = welch$p.value, control = unname(welch$estimate[2]), varianceReduction = 1 - within(adjusted) / within(since)))
}
cuped("mtcars: miles by transmission, given weight", mtcars$mpg, mtcars$wt, mtcars$am == 1)
cuped("ToothGrowth: length by supplement, given dose", ToothGrowth$len, ToothGrowth$dose, ToothGrowth$supp == "OJ")
set.seed(7)
usual <- rexp(600, 1 / 20)
cuped("spending that is mostly a habit", usual * runif(600, 0.5, 1.5) + rep(c(0, 2), 300), usual, rep(c(FALSE, TRUE), 300))

# The quantile that occurs, as SQL's percentile_disc.
values <- c(rep(5, 40), rep(12, 30), 20, 20, 35, 90, 1500)
for (p in c(50, 90, 95, 99, 100)) {
  bound <- unname(quantile(values, p / 100, type = 1))
  case(sprintf("winsorised at %d %%", p), "winsorised", list(values = values, percentile = p), c(list(bound = bound), sums(pmin(values, bound))))
}

# Beliefs: chance to beat the control, and expected loss, by R's own integration.
belief <- function(name, x, n, prior = c(1, 1)) {
  a <- prior[1] + x; b <- prior[2] + n - x
  between <- sort(unique(c(0, 1, qbeta(c(1e-12, 1e-4, 0.1, 0.5, 0.9, 1 - 1e-4, 1 - 1e-12), a[1], b[1]), qbeta(c(1e-12, 1e-4, 0.1, 0.5, 0.9, 1 - 1e-4, 1 - 1e-12), a[2], b[2]))))
  over <- function(f) sum(mapply(function(from, to) integrate(f, from, to, rel.tol = 1e-10, abs.tol = 0, stop.on.error = FALSE)$value, head(between, -1), tail(between, -1)))
  case(name, "belief", list(control = list(users = n[1], converted = x[1]), variation = list(users = n[2], converted = x[2]), prior = list(alpha = prior[1], beta = prior[2])),
    list(chanceToBeatControl = over(function(v) dbeta(v, a[2], b[2]) * pbeta(v, a[1], b[1])),
      expectedLoss = over(function(v) pbeta(v, a[2], b[2]) * pbeta(v, a[1], b[1], lower.tail = FALSE))))
}
belief("ten per cent against twelve", c(100, 120), c(1000, 1000))
belief("a few users", c(1, 3), c(12, 10))
belief("nobody against one", c(0, 1), c(50, 60))
belief("all of few against half of many", c(5, 5000), c(5, 10000))
belief("a strong prior", c(4, 9), c(40, 42), c(30, 270))
belief("far apart", c(500, 900), c(10000, 10000))
belief("a million each", c(50000, 50200), c(1e6, 1e6))

# The confidence sequence, as the paper writes it.
sequence <- function(x, y, alpha, tuned) {
  n <- length(x) + length(y)
  sigma2 <- n * (var(x) / length(x) + var(y) / length(y))
  rho2 <- (-2 * log(alpha) + log(-2 * log(alpha) + 1)) / tuned
  margin <- sqrt(2 * (n * rho2 + 1) / (n^2 * rho2) * log(sqrt(n * rho2 + 1) / alpha)) * sqrt(sigma2)
  estimate <- mean(y) - mean(x)
  case(sprintf("%d users, alpha %g, tuned for %d", n, alpha, tuned), "sequence",
    list(estimate = estimate, squaredError = sigma2 / n, users = n, alpha = alpha, tunedFor = tuned), list(low = estimate - margin, high = estimate + margin))
}
set.seed(3)
sequence(rnorm(100), rnorm(120, 0.2), 0.05, 5000)
sequence(rexp(3000), rexp(3000, 0.9), 0.05, 5000)
sequence(rexp(3000), rexp(3000, 0.9), 0.025, 500)

# Planning.
for (df in c(2, 38, 5000)) for (ncp in c(0, 0.5, 3.162278, 12)) {
  t <- qt(0.025, df, lower.tail = FALSE)
  case(sprintf("noncentral t, df = %g, ncp = %g", df, ncp), "noncentral", list(t = t, df = df, noncentrality = ncp), list(upper = pt(t, df, ncp, lower.tail = FALSE)))
}
for (given in list(c(50, 0.5, 0.75, 0.05), c(1000, 0.1, 0.12, 0.05), c(20000, 0.05, 0.055, 0.025), c(5000, 0.3, 0.29, 0.01))) {
  case(sprintf("rates, n = %g, %g and %g", given[1], given[2], given[3]), "powerOfRates", list(users = given[1], control = given[2], variation = given[3], alpha = given[4]),
    list(power = power.prop.test(n = given[1], p1 = given[2], p2 = given[3], sig.level = given[4])$power))
}
for (given in list(c(0.5, 0.75, 0.05, 0.9), c(0.05, 0.055, 0.05, 0.8), c(0.05, 0.045, 0.025, 0.8), c(0.001, 0.0012, 0.01, 0.95))) {
  case(sprintf("rates, %g and %g, power %g", given[1], given[2], given[4]), "usersForRates", list(control = given[1], variation = given[2], alpha = given[3], power = given[4]),
    list(users = power.prop.test(p1 = given[1], p2 = given[2], sig.level = given[3], power = given[4], tol = 1e-10)$n))
}
for (given in list(c(50, 0.5, 0.05, 0.9), c(10000, 0.05, 0.025, 0.8))) {
  case(sprintf("rates, n = %g above %g", given[1], given[2]), "smallestRate", list(users = given[1], control = given[2], alpha = given[3], power = given[4]),
    list(rate = power.prop.test(n = given[1], p1 = given[2], sig.level = given[3], power = given[4], tol = 1e-10)$p2))
}
for (given in list(c(20, 1, 1, 0.05), c(2, 3, 1, 0.05), c(5000, 1.5, 40, 0.05), c(300, 5, 20, 0.01))) {
  case(sprintf("means, n = %g, %g of %g", given[1], given[2], given[3]), "powerOfMeans", list(users = given[1], difference = given[2], standardDeviation = given[3], alpha = given[4]),
    list(power = power.t.test(n = given[1], delta = given[2], sd = given[3], sig.level = given[4])$power))
}
for (given in list(c(1, 1, 0.05, 0.9), c(0.5, 40, 0.05, 0.8), c(5, 20, 0.01, 0.95), c(3, 1, 0.05, 0.8))) {
  case(sprintf("means, %g of %g, power %g", given[1], given[2], given[4]), "usersForMeans", list(difference = given[1], standardDeviation = given[2], alpha = given[3], power = given[4]),
    list(users = power.t.test(delta = given[1], sd = given[2], sig.level = given[3], power = given[4], tol = 1e-10)$n))
}
for (given in list(c(20, 1, 0.05, 0.9), c(5000, 40, 0.025, 0.8))) {
  case(sprintf("means, n = %g, sd = %g", given[1], given[2]), "smallestDifference", list(users = given[1], standardDeviation = given[2], alpha = given[3], power = given[4]),
    list(difference = power.t.test(n = given[1], sd = given[2], sig.level = given[3], power = given[4], tol = 1e-10)$delta))
}

cat("{\n  \"madeBy\": ", sprintf("\"%s\"", R.version.string), ",\n  \"cases\": [\n", paste(lines, collapse = ",\n"), "\n  ]\n}\n", sep = "")
