"""Words that join others: determiners, prepositions, pronouns, negators, numbers and labels; English and Chinese."""

from __future__ import annotations


def words(listed: str) -> frozenset[str]:
    """Return the words of a text, apart by blanks or commas."""
    return frozenset(listed.replace(",", " ").split())


INDEFINITE = words("a an another one some any each every second other 别的 另 另外 另一个 另一只 另一名 又一个 一")
"""Determiners that bring in somebody new."""
DEFINITE = words(
    "the his her its their my our your this that these those whose same 他的 她的 它的 我的 你的 他们的 这 那 这个 那个 这只 那只 这家 那家 这间 那间"
)
"""Determiners that speak of somebody known."""
POSSESSIVES = words("his her its their my our your 他的 她的 它的 我的 你的 他们的 她们的")
"""Determiners that say whose somebody is, so that he is another one."""
PRONOUNS = {
    **dict.fromkeys(words("i we you they it him them me us who which one that himself themselves itself myself"), ""),
    **dict.fromkeys(words("我 你 它 我们 咱们 咱 你们 他们 它们 她们 自己"), ""),
    "he": "person",
    "she": "woman",
    "herself": "woman",
    "他": "person",
    "她": "woman",
}
"""Words that stand for a character, and the one that is drawn where no noun says who it is."""
SHE = words("she 她")
HE = words("he 他")
SUBJECT_PRONOUNS = words("i we you they he she it who that which 我 你 他 她 它 我们 你们 他们 她们 它们")
PERSONAL = SUBJECT_PRONOUNS - words("it that which who 它")
"""Pronouns for people."""
PREPOSITIONS = words("""
    of in on at to by with for from into onto up down over under through across around between near next front behind
    beside along inside outside above below beneath underneath beyond toward towards past during within among amid against
    off out about as like upon atop via per than until till since after before alongside back away
    overhead outdoors indoors upstairs nearby
    在 里 中 上 下 关于 从 向 往 对 对着 里面 外面 旁边 前 后 前面 后面 之间 中间 中央 之中 边 外 内 下面 上面 之上 之下 身边 身后 身上 沿着 朝 朝着 于 到 跟着 穿着的 当中 间 底下 上空 周围 四周 背后 面前 处 旁
""")
CONJUNCTIONS = words(
    "and or but nor while then when where because bc cuz coz if so yet plus versus vs though although whereas 和 与 跟 及 以及 或 或者 趁 趁着 但 但是 然后 接着 而 而且 并 并且 同时 一起 一边 又 还 再 最后 随后 后来 因为 所以 如果 还有"
)
JOINING = words("and 和 与 跟 及")
"""Conjunctions that join nouns."""
BEING = words("is are was were")
"""Finite forms of be."""
DOING_SO = BEING | words("does do did can will has have")
"""Verbs that stand for the one said before: the boy is, so does the cat."""
CHINESE_NAMING = words("叫 叫做 名叫")
"""Chinese verbs before a name."""
GREETINGS = words("goodbye hello")
"""Words behind an object for what the subject says to it: hugs him goodbye."""
AUXILIARIES = words("""
    is are was were be being been am has have had having do does did done doing will would can could should shall may might must
    to let's lets gets got 是 会 能 要 可以 正在 正 想 应该 将 在 开始 被 把 让 叫 使 能不能 可不可以 会不会 要不要 是不是 好不好 行不行
""")
MODALS = words("to will would can could should shall may might must can't cannot couldn't let's i'll we'll")
ADVERBS = words("""
    very super so too just also still only even almost really quite rather again once twice always often sometimes ever already
    first now soon later there here together away forward forwards backward backwards back apart around more most less least much well maybe perhaps
    please idk lol lmao haha omg etc ok okay um uh hey hi yes named called literally basically kinda sorta pretty
    non bit both either
    不得不 没想到 不料 没多久 没过多久 不一会儿 起初 起先 一开始 不仅 不光 不但 不顾 不管 不论 无论
    先 很 非常地 也 都 就 才 只要 只剩 只是 仍 仍然 还是 却 便 各自 以外 之外 一边 边 正好 只 更 最 太 请 吧 呢 啊 吗 哈哈 哈哈哈 嘿嘿 呵呵 嘻嘻 哦 嘛 啦 呀 的 地 得 了 着 过 们 之 其 等等 所 一下 起来 过来 过去 出来 下来 出去 进来 进去 上去 下去 来 去 起 一样 似的 有 有着 这样 那样 那么 这么 一直 已经 早就 早已 刚 刚刚 仿佛 好像 像 如 如同 好 住 完 掉 些 一些 一点 某 每 本
""")
QUANTIFIERS = words(
    "this that these those all none several few many lots lot dozens hundreds thousands much enough such what whatever how why 这种 那种 一种 两种 三种 多种 几种 某种 每种 每个 每只 每位 每名 每条 何种 多少 什么 怎么 哪里 所有 各种 整个 全部"
)
FILM_WORDS = words(
    "scene video shot camera view background footage film clip movie image picture screen shots scenes videos prompt 镜头 视频 画面 场景 背景 拍摄 短视频 影片 镜 片段 一段 一幕 提示词 生成 创建 给我 帮我 请帮我 想要 请生成 拍一个 做一个 拍一段 想看 我想看 我要看 我想要 我要 生成一段 生成一个 做一段 做个 拍个 视频里 画面里 画面中 镜头里 镜头中"
)
"""Words for the film itself."""
COMMANDS = words(
    "make create generate show draw render produce give imagine write display depict film shoot want need like visualize visualise animate picture design explain illustrate demonstrate describe portray tell 生成 制作 做 创建 展示 显示 画 拍 来 给我 帮我 想要 请生成 拍一个 做一个"
)
"""Verbs that ask for a film, at the start of a sentence or label."""

LABELS = words("""
    prompt scene subject action actions camera mood style lighting light weather time location place setting character characters
    description title duration music audio sound sounds background foreground text dialogue environment shot motion color colors
    colour colours palette lens format resolution aspect_ratio aspect ratio seed fps negative negative_prompt framing composition
    cinematography details tone atmosphere genre who what where when how object objects props visual visuals movement movements
    effects wardrobe costume narration voiceover content type name user system role assistant note notes output input positive
    positive_prompt camera_movement camera_motion time_of_day art_style model version size quality instructions keywords tags shots
    主体 场景 动作 镜头 运镜 风格 光线 氛围 天气 时间 地点 人物 角色 描述 标题 音乐 画面 背景 主题 环境 色调 画质 提示词 正向提示词 内容 视频 旁白 构图 情绪
""")
"""Words that name a part of a prompt before a colon."""
NEGATIVE_LABELS = words("""
    negative negative_prompt negativeprompt negatives neg avoid exclude excluded exclusions exclusion without no dont don't not unwanted
    undesired remove 负面提示词 反向提示词 负向提示词 负面提示 反向提示 负向提示 负面词 负向词 反向词 负面关键词 负面描述 负面内容 负面 避免 不要 排除 负提示词 禁止
""")
"""Labels under which everything is left out."""
SPEECH_LABELS = words(
    "dialogue dialog text title narration voiceover caption subtitle audio music sound sounds 旁白 对白 音乐 字幕 标题 音效 台词"
)
"""Labels under which everything is said, written or heard."""

NEGATORS = words("""
    no not never zero without nobody none neither nor nothing nowhere non excluding exclude excludes avoid avoids avoiding
    remove removing omit omitting lacking lacks lack devoid absent cannot can't don't doesn't didn't won't isn't aren't wasn't weren't
    wouldn't shouldn't mustn't couldn't hasn't haven't dont doesnt isnt arent cant wont didnt aint ain't sans sin ohne keine kein
    没有 没 不要 不 无 别 不出现 不要出现 不能 不许 不可 不是 禁止 避免 去掉 不带 不含 不想要 不需要 毫无 未 没人 无人 不会 不显示 不要有 请勿 勿 切勿 不准 不得
    千万别 并非 不再 从不 从未 绝不 不要让 排除 不包含 不包括 没在 不在 不在家 不见了 不在场 没有出现 别让 不见 空无一人 荒无人烟 杳无人烟 杳无人迹 人迹罕至 一个人也没有 一个人都没有 无雨 无雪 无风
""")
NEGATED_PEOPLE = words("nobody 没人 无人 空无一人 荒无人烟 杳无人烟 杳无人迹 人迹罕至 一个人也没有 一个人都没有")
"""Negators that contain the noun they negate: nobody means no people."""
ABSENCES = frozenset(["nowhere", "nowhere to be seen", "nowhere to be found", "nowhere in sight"]) | words(
    "没有出现 没出现 不要出现 不出现 不在 不在家 不见了 不在场"
)
"""Negators that say of who stands before them that he is not there."""
NEGATIVE_PHRASES = (
    "nowhere to be seen",
    "nowhere to be found",
    "nowhere in sight",
    "no one",
    "free of",
    "free from",
    "instead of",
    "rather than",
    "devoid of",
    "empty of",
    "lack of",
    "absence of",
    "no longer",
    "in place of",
    "get rid of",
    "leave out",
    "leaving out",
    "without any",
    "do not",
    "does not",
    "did not",
    "with no",
    "anything but",
    "everything but",
    "no more",
    "keep out",
)
"""Negators of several words."""
AFFIRMED = words(
    "only just merely necessarily far long bad matter mind doubt problem wonder need 仅 只 光 仅仅 但 管 论 停 断 错 同"
)
"""Words before which a negator takes nothing away: not only, no doubt."""
RESUMERS = words(
    "except besides 而 除了 除 以外 之外 只要 只剩 唯有 but just only with on in at while then yet however where there when because bc cuz coz as into onto through under over above across near by 但 但是 而是 只 只有 的 在 因为 哈哈 哈哈哈 嘿嘿 呵呵 嘻嘻 lol lmao haha"
)
"""Words at which what a negator takes away ends."""

_COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {
    **{word: number for number, word in enumerate(_COUNTED)},
    **{word: number for number, word in enumerate("零一二三四五六七八九十")},
    "两": 2, "俩": 2, "pair": 2, "couple": 2, "both": 2, "single": 1, "lone": 1, "solo": 1, "trio": 3,
    "duo": 2, "half a dozen": 6, "half dozen": 6, "dozen": 12, "baker's dozen": 13, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100, "thousand": 1000, "quartet": 4,
}  # fmt: skip
GROUPS = words("""
    family herd flock group pack crowd several many few dozens hundreds thousands bunch swarm school pride colony team army litter gang
    pod gaggle troop troupe choir orchestra squad crew class ensemble band lots some various multiple numerous countless troop horde 一群 几 群 许多 很多 数 数百 无数 几个 几只 成群 一些 几位 数只 数名 大批 几名 一大群 多 多个 多只 好几只 好几个 一排
""")
"""Words for a number that nobody counts."""
ENSEMBLES = words(
    "band choir orchestra team crew troupe squad quartet ensemble class gang company group "
    "乐队 合唱团 球队 乐团 管弦乐团 舞团 剧团 足球队 篮球队 交响乐团 摇滚乐队"
)
"""Nouns for several who do something together."""
UNCOUNTED = 3
"""How many are drawn of a group."""
MEASURES = "只个位名家条头匹群对双辆架朵棵艘座把张件幅段场首块片颗间栋隻個條輛盘碟杯碗瓶盒袋串桌锅份壶根枝支束排列队伙帮窝尾扇顶盏台部封堆捆篮箱滴道口"
"""Chinese measure words, behind a number."""

LINKS = (
    INDEFINITE | DEFINITE | PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | ADVERBS | QUANTIFIERS | FILM_WORDS | MODALS
    | SUBJECT_PRONOUNS | frozenset(PRONOUNS) | words("except unless today tonight 名叫 除 除了 咱 咱们 天气 当 当上 充当 担任")
)  # fmt: skip
"""Words that carry nothing of their own."""
VERB_FINALS = words("takes take took taking has have had having goes go went going does enjoys enjoy enjoying for")
"""Verbs that make a verb of the noun behind them: takes a nap, goes for a swim."""
FOREIGN = {
    "Spanish": words("el la los las un una unos del por bajo con para que está en su y muy pero como más sobre entre"),
    "French": words("le la les un une des du dans sur avec et est qui sous pour au aux son sa très elle il"),
    "German": words(
        "der die das ein eine einen einem und mit auf im ist den dem durch unter über nicht sie er am von zum"
    ),
    "Italian": words("il lo la gli un una uno di che con per sotto sulla nel nella e è della del sul suo sua"),
    "Portuguese": words("o a os as um uma do da na no em com que sob e para por ao sua seu na"),
    "Dutch": words("de het een en op met van aan door onder zijn haar naar die in"),
}
"""Function words of languages that the engine does not understand."""
