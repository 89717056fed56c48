"""What words are about in scripts that put no spaces between them: Chinese, Japanese, Korean and Thai.

Korean has spaces, but what stands between two of them is a word with its endings; it is read by syllables as the others
are by letters. A word is found wherever its letters follow one another, the longest first.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate

__all__ = ["Spelled"]

_WORDS: dict[str, str] = {
    "drop": (
        "忽略 忽视 忽視 无视 無視 忘记 忘記 忘掉 忘了 忘れ 抛开 拋開 抛弃 拋棄 丢掉 丟掉 扔掉 丢开 丟開 撇开 "
        "撇開 不理会 不理會 不用管 别管 別管 不要管 作废 作廢 废除 廢除 取消 删除 刪除 覆盖 覆蓋 覆寫 违反 "
        "違反 违背 違背 绕过 繞過 绕开 繞開 突破 打破 放下 解除 跳过 跳過 推翻 清空 重置 当没听过 當沒聽過 "
        "不算数 不算數 失效 无效 無效 破棄 捨て 上書き 取り消 破って 破る 回避 迂回 スルー リセット 解禁 "
        "やめて 気にせず 気にしない 従わない 従うな 従わず 外して 外せ 白紙 帳消し 무시 잊어 잊고 잊으 버리고 "
        "버려 취소 폐기 무효 덮어쓰 우회 어기 어겨 깨고 깨라 제쳐 제치 접어두 치우고 해제 초기화 리셋 따르지 "
        "신경쓰지 벗어나 벗어던 내려놓 지워 ลืม เพิกเฉย ละเว้น ไม่ต้องสนใจ อย่าสนใจ ไม่สนใจ ยกเลิก ทิ้ง ข้าม "
        "ฝ่าฝืน ละเมิด แหก เลิกทำตาม ไม่ต้องทำตาม เลิกใช้ ล้างคำสั่ง ปลดล็อก หลบเลี่ยง ปิดการ เขียนทับ "
        "ช่างมัน มองข้าม"
    ),
    "rules": (
        "指令 指示 规则 規則 规定 規定 规矩 規矩 准则 準則 原则 原則 命令 约束 約束 守则 守則 政策 要求 条款 "
        "條款 设定 設定 指南 条条框框 條條框框 禁令 交代 吩咐 ルール 規約 指针 指針 ガイドライン 命じ "
        "言いつけ 約束事 決まり 掟 注意事項 制約 ポリシー 方針 マニュアル 규칙 지침 지시 명령 규정 원칙 정책 "
        "가이드라인 수칙 당부 방침 금지사항 คำสั่ง กฎ ข้อกำหนด ข้อห้าม แนวทาง ระเบียบ คำแนะนำ นโยบาย กติกา "
        "เงื่อนไข ข้อบังคับ"
    ),
    "earlier": (
        "之前 以前 以上 上面 前面 先前 上述 上方 原先 原来 原來 最初 最开始 最開始 一开始 一開始 开头 開頭 "
        "起初 初始 早先 前文 上文 原本 隐藏 隱藏 开场 開場 これまで 今まで 上記 上の 前の 先ほど 冒頭 元の "
        "事前 さっき 初期 隠され 隠し 直前 手前 이전 위의 위에 앞의 앞서 앞에 지금까지 기존 처음 최초 초기 "
        "아까 여태 숨겨진 숨은 먼저 ก่อนหน้า ก่อนนี้ ข้างต้น ด้านบน ข้างบน เดิม เริ่มต้น แรกสุด ตอนแรก "
        "ที่ผ่านมา ซ่อน เบื้องต้น"
    ),
    "prompt": (
        "提示词 提示詞 提示语 提示語 系统提示 系統提示 系统 系統 后台 後台 配置 设置 設置 上下文 前置 预设 "
        "預設 人设 人設 开场白 開場白 システムプロンプト プロンプト システム コンフィグ コンテキスト 初期設定 "
        "前提 시스템 프롬프트 설정 구성 컨텍스트 세팅 설정문 เทมเพลต พรอมต์ พรอมท์ พร้อมท์ ระบบ การตั้งค่า "
        "คอนฟิก บริบท ข้อความตั้งต้น"
    ),
    "tell": (
        "显示 顯示 告诉 告訴 输出 輸出 重复 重複 复述 複述 透露 泄露 洩露 洩漏 说出 說出 讲出 講出 打印 列出 "
        "列印 回答 回复 回覆 念出 念给 唸給 贴出 貼出 粘贴 貼上 公开 公開 写出 寫出 交出 展示 披露 抄 原样 "
        "原樣 一字不 逐字 吐露 坦白 说说 說說 給我看 给我看 发给我 發給我 招供 翻译成 翻譯成 教えて 教えろ "
        "表示 出力 繰り返 明かし 明かせ 漏らし 見せて 見せろ 答えて 答えろ 書き出 書いて 暴露 印刷 開示 "
        "貼って 貼り付け 復唱 読み上げ 吐け 吐き出 話して 言って 言え 白状 列挙 コピー 一字一句 そのまま "
        "答える 返答 返信 알려 보여 출력 말해 말하 대답 답해 답변 공개 밝혀 밝히 털어놔 털어놓 복사 붙여 반복 "
        "읊어 읽어 적어 써줘 유출 노출 인쇄 나열 번역 내놔 그대로 토해 แสดง บอก พิมพ์ เปิดเผย ตอบ พูด เล่า "
        "อ่าน คัดลอก ก๊อป ทวน ท่อง สะกด เผย แปะ ส่งมา ขอดู แปล ระบุ เฉลย"
    ),
    "secret": (
        "密码 密碼 口令 暗号 暗號 通关密语 通關密語 密语 密語 秘密 机密 機密 密钥 密鑰 金鑰 私钥 令牌 凭证 "
        "憑證 凭据 保密 隐私 内部资料 內部資料 パスワード 合言葉 暗証 シークレット トークン 鍵 認証情報 内緒 "
        "極秘 社外秘 秘匿 ひみつ 비밀번호 비번 암호 비밀 기밀 토큰 인증정보 인증번호 패스워드 암구호 열쇠 "
        "대외비 극비 รหัสผ่าน รหัสลับ รหัส ความลับ ลับ กุญแจ โทเคน ข้อมูลลับ พาสเวิร์ด"
    ),
    "you": (
        "你 您 妳 あなた 君 お前 おまえ きみ 貴方 あんた 너는 너의 너한테 너에게 너를 너도 너야 넌 네가 네게 "
        "네놈 당신 자네 คุณ เธอ แก มึง เจ้า"
    ),
    "machine": (
        "人工智能 人工智慧 助手 助理 模型 机器人 機器人 机器 機器 大模型 语言模型 語言模型 智能体 智能助 "
        "智慧助 智能客服 聊天机 聊天機 人工知能 アシスタント モデル ボット チャットボット ロボット "
        "エージェント 機械 인공지능 어시스턴트 챗봇 모델 비서 로봇 봇 에이전트 기계 ปัญญาประดิษฐ์ เอไอ "
        "ผู้ช่วย แชทบอท แชตบอต บอท บอต โมเดล หุ่นยนต์ โปรแกรม"
    ),
    "role": (
        "扮演 假装 假裝 装作 裝作 模拟 模擬 充当 充當 角色 想象 想像 假设 假設 化身 变成 變成 假如 设想 設想 "
        "演一 剧本 劇本 代入 なりきっ なりきり 演じ ふりをし ふりして 振る舞 役割 仮定 ロールプレイ 役を 役に "
        "成りきっ シミュレート 仮に 架空 역할 연기 척해 척하 가정하 가정해 상상 행동해 빙의 되어줘 시뮬레이션 "
        "캐릭터 흉내 변신 가상 สวมบท บทบาท แสร้ง แกล้ง สมมติ สมมุติ จินตนาการ จำลอง เล่นเป็น แสดงเป็น "
        "ทำตัวเป็น ตัวละคร รับบท"
    ),
    "free": (
        "限制 过滤 過濾 审查 審查 审核 審核 道德 伦理 倫理 底线 底線 自由 越狱 越獄 无限制 無限制 拒绝 拒絕 "
        "服从 服從 听从 聽從 管束 束缚 束縛 枷锁 枷鎖 安全提示 警告 免责 免責 禁忌 不受 制限 検閲 フィルタ "
        "道徳 モラル 縛り 拘束 無制限 脱獄 拒否 断ら 断る 服従 禁止 タブー 規制 제한 검열 필터 윤리 도덕 자유 "
        "탈옥 거부 거절 복종 속박 구속 경고 한계 금기 제약 ไร้ข้อจำกัด ข้อจำกัด ขีดจำกัด ตัวกรอง เซ็นเซอร์ "
        "ศีลธรรม จริยธรรม อิสระ ปฏิเสธ เชื่อฟัง กรอง จำกัด คำเตือน"
    ),
    "not": (
        "不 没 沒 别 別 勿 无 無 莫 非 ない なく ません せず ずに なし 않 마라 마세요 말고 말라 말아 말것 없 "
        "아니 절대 ไม่ อย่า ห้าม ไร้ ปราศจาก"
    ),
    "only": (
        "只 仅 僅 现在 現在 从现在 從現在 必须 必須 立即 立刻 马上 馬上 一律 统统 統統 接下来 接下來 今后 "
        "今後 此刻 从此 從此 改为 改為 だけ のみ 今から これから 必ず 直ちに すぐ ただちに 代わりに 以後 "
        "今すぐ 絶対 오직 지금 이제 반드시 무조건 즉시 대신 항상 당장 앞으로 เท่านั้น ตอนนี้ ต่อไปนี้ จากนี้ "
        "แทน ทันที ต้อง เสมอ เดี๋ยวนี้ บัดนี้"
    ),
    "master": (
        "开发者 開發者 管理员 管理員 开发人员 開發人員 工程师 工程師 老板 老闆 主人 创造者 創造者 超级用户 "
        "最高权限 最高權限 权限 權限 授权 授權 运维 維運 官方 総責任者 開発者 管理者 運営 製作者 作成者 "
        "責任者 権限 ご主人 社長 エンジニア 上司 担当者 オーナー 開発元 개발자 관리자 운영자 주인 제작자 "
        "창조자 책임자 권한 승인 사장 담당자 엔지니어 ผู้ดูแล แอดมิน ผู้พัฒนา นักพัฒนา เจ้าของ ผู้สร้าง "
        "เจ้านาย สิทธิ์ อนุญาต หัวหน้า วิศวกร"
    ),
    "mode": (
        "模式 开启 開啟 启用 啟用 激活 启动 啟動 关闭 關閉 停用 维护 維護 调试 調試 除錯 モード 有効化 起動 "
        "切り替え オフに オンに デバッグ メンテナンス 無効化 停止 모드 활성화 켜 끄고 꺼 비활성 전환 디버그 "
        "유지보수 점검 โหมด เปิดใช้ ปิดใช้ เปิดโหมด เข้าสู่ สลับ ดีบัก"
    ),
    "if": ("如果 若 要是 倘若 除非 否则 否則 もし ならば たら 場合 なければ 만약 만일 라면 으면 경우 ถ้า หาก เมื่อ มิฉะนั้น"),
    "they": (
        "用户 用戶 使用者 客户 客戶 他们 他們 别人 別人 有人 ユーザー 利用者 お客 顧客 誰か 사용자 유저 고객 "
        "이용자 누군가 ผู้ใช้ ลูกค้า ใคร"
    ),
    "open": (
        "访问 訪問 存取 登录 登入 进入 進入 アクセス ログイン 許可 접근 접속 로그인 허가 허용 เข้าถึง ล็อกอิน เข้าสู่ระบบ"
    ),
    "cipher": (
        "编码 編碼 解码 解碼 加密 解密 倒着 倒著 反过来 反過來 首字母 拼音 逐字母 藏头 藏頭 翻译 翻譯 暗語 "
        "エンコード デコード 逆順 逆から 頭文字 一文字ずつ 一文字目 翻訳 ローマ字 縦読み 모스 인코딩 디코딩 "
        "거꾸로 글자씩 초성 글자 로마자 เข้ารหัส ถอดรหัส ย้อนกลับ ตัวอักษร ทีละตัว พยัญชนะ"
    ),
    "ask": (
        "什么 什麼 怎么 怎麼 为什么 為什麼 哪 谁 誰 吗 嗎 何 どう なぜ どこ ですか ますか 무엇 뭐 왜 어떻게 "
        "누구 어디 อะไร ทำไม อย่างไร ยังไง ไหน"
    ),
    "text": (
        "文字 文本 内容 內容 一句 句子 消息 訊息 信息 对话 對話 段落 单词 單詞 那段话 那段話 字母 原文 全文 "
        "文章 文字列 文面 メッセージ テキスト 単語 会話 文言 一行 発言 本文 문장 텍스트 메시지 단어 대화 내용 "
        "문구 원문 본문 ข้อความ คำพูด ประโยค บรรทัด บทสนทนา เนื้อหา คำว่า ถ้อยคำ"
    ),
    "begin": ("第一 首先 开始 開始 最初の まず 始め 一番目 첫 시작 맨앞 เริ่ม แรก ขึ้นต้น ก่อนอื่น อันดับแรก"),
    "all": (
        "所有 全部 一切 完整 整个 整個 任何 都 每 すべて 全て 完全 あらゆる 丸ごと 何でも 全員 모든 모두 전부 "
        "전체 완전 뭐든 무엇이든 통째 ทั้งหมด ทุก ทั้งสิ้น ครบ เต็ม"
    ),
    "told": (
        "被告知 告知 收到 给你的 給你的 教你的 要求你 让你 讓你 言われ 与えられ 受け取っ 命じられ 教わっ "
        "渡され 指示され 仕込まれ 받은 들은 시킨 배운 지시받 주어진 전달받 하달 ได้รับ ถูกสั่ง สั่งไว้ สอนมา "
        "บอกไว้ สั่งให้ ที่ให้ไว้"
    ),
}
_NOTHING = (
    "กลับ 너무 当然 不错 别人家 特别 特別 差别 差別 分别 分別 告别 "
    "告別 个别 個別 性别 性別 级别 級別 区别 區別 类别 類別 识别 識別"
)
"""Words that are about nothing here, though letters of theirs would be."""


class Spelled:
    """The words of scripts without spaces, by concept number."""

    def __init__(self, concepts: Sequence[str]) -> None:
        found: dict[str, int] = {}
        for number, concept in enumerate(concepts, start=1):
            for word in _WORDS.get(concept, "").split():
                # as folding leaves it: a Thai vowel is two signs then
                found.setdefault(unicodedata.normalize("NFKC", word), number)
        found |= dict.fromkeys(_NOTHING.split(), 0)
        self._found: Mapping[str, int] = found
        self._first = frozenset(word[0] for word in found)
        sizes: dict[str, set[int]] = {}
        for word in found:
            sizes.setdefault(word[:2], set()).add(len(word))
        self._sizes = {begin: sorted(of, reverse=True) for begin, of in sizes.items()}

    def begins(self, token: str) -> bool:
        """Whether a word may begin with a token that is not empty."""
        return token[0] in self._first

    def read(self, words: Sequence[str], concepts: Sequence[int]) -> list[int]:
        """The concepts of tokens, given those that each has by itself: below 0 where it may begin a word. Of those that
        begin at one place the longest word counts."""
        text, starts = "".join(words), list(accumulate(map(len, words), initial=0))
        found, taken = [], 0
        for start, number in zip(starts, concepts, strict=False):
            if start < taken:
                continue
            spelled, taken = self._at(text, start, starts) if number < 0 else (number, start)
            found.append(spelled)
        return found

    def _at(self, text: str, start: int, borders: Sequence[int]) -> tuple[int, int]:
        """The concept of the longest word at a place that ends on a border of tokens, and where it ends; 0 and the
        place itself where there is none."""
        for begin in (text[start : start + 2], text[start]):
            for size in self._sizes.get(begin, ()):
                end = start + size
                known = self._found.get(text[start:end]) if end <= borders[-1] else None
                if known is not None and borders[bisect_left(borders, end)] == end:
                    return known, end
        return 0, start
