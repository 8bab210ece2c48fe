"""READ-ME.txt of a pack: how whoever gets it checks it, in both languages."""

from typing import Final

TEXT: Final = """\
EVIDENCE FROM AN ACCESS LOG - how to check it in five minutes
(中文在下面)

1. Read report.en.pdf, or report.en.html in any browser.
2. Take a computer with Python 3.11 or newer. It needs no connection afterwards.
       python3 -m pip install cryptography
3. Get verify_log.py. Take it from the publisher of the software, not from whoever gave you this pack.
4. Get the key of the log from somebody you trust, best on paper. It is one line, name+id+key.
5. Run
       python3 verify_log.py PACK.zip --key 'KEY'
   It prints what it proved and what it did not, and ends with code 0. If anything was changed it says what,
   and ends with code 1.

The files: pack.jsonl holds the entries and every change of who may do what before them; proofs.jsonl shows
that they stand in the log that was signed; manifest.json lists all files with their SHA-256, and the auditor
signed its SHA-256 as an entry of the same log.

What stays unproven: that no other entry was worth choosing. Ask for an export of the whole log for that.


访问日志证据包——五分钟验证方法

1. 阅读 report.zh.pdf，或用任何浏览器打开 report.zh.html。
2. 准备一台装有 Python 3.11 或更新版本的电脑，此后无须联网：
       python3 -m pip install cryptography
3. 取得 verify_log.py。请从软件发布者处取得，不要用交给您证据包的人提供的程序。
4. 从您信任的人处取得日志公钥，最好是纸质的。公钥为一行：名称+编号+公钥。
5. 运行
       python3 verify_log.py PACK.zip --key '公钥'
   程序会说明证明了什么、没有证明什么，并以代码 0 结束；若有任何改动，会指出改动并以代码 1 结束。

文件：pack.jsonl 含选取的记录及此前所有人员与权限的变更；proofs.jsonl 证明这些记录确在已签名的日志之中；
manifest.json 列出全部文件及其 SHA-256，审计人员已将清单的 SHA-256 作为同一日志的一条记录签名。

未能证明的：是否另有值得选取的记录。如有需要，请索取整个日志的导出。
"""
"""The file; it belongs to what the auditor signs."""
