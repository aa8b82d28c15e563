"""The post office: takes any kind of envelope whose place, author and signature are right, and cannot open one."""
