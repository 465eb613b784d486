new File(basedir, "checkpoint").mkdirs()
new File(basedir, "checkpoint/config.json").text = "{"
return true
