def log = new File(basedir, "build.log").text
assert log =~ /vision on sa8295p: [0-9.]+ ms, 80 % interval/
assert log.contains("<budgetMs> of 0.001 is exceeded")
