"""Read Chinese words that are no entries by their last characters: most nouns end in what they are."""

from __future__ import annotations

LONGEST_STEM = 3
"""Most characters before an ending."""
ENDINGS = {
    (
        "character",
        "person",
    ): "员 师 者 家 手 哥 客 工 迷 友 匠 商 官 兵 侠 爷 叔 伯 弟 仔 汉 翁 童 长 生 人 侦探 先生 小哥 师傅 老板 大叔 大爷",
    ("character", "woman"): "姐 妹 婆 嫂 婶 妈 奶 姑 姨 女 女士 小姐 阿姨 大妈 姑娘 女孩 公主",
    ("character", "cat"): "猫 貓",
    ("character", "dog"): "狗 犬 狼",
    ("character", "bear"): "熊",
    ("character", "tiger"): "虎 豹",
    ("character", "monkey"): "猴 猩猩",
    ("character", "mouse"): "鼠",
    ("character", "rabbit"): "兔",
    ("character", "fish"): "鱼 鲸 鲨",
    ("character", "duck"): "鸟 鸡 鸭 鹅 雀 鹰",
    ("character", "frog"): "蛙",
    ("character", "pig"): "猪",
    ("character", "robot"): "机器人 机甲",
    ("scene", "city street"): "店 铺 街 巷 桥 市场 商场 车站",
    ("scene", "mountains"): "山 峰 岭 崖",
    ("scene", "beach"): "湖 湾 岛 海滩",
    ("scene", "forest"): "江 河 溪 林 森林 树林",
    ("scene", "meadow"): "田 草地 草原 花园 公园",
    ("scene", "living room"): "卧室 客厅 房间",
    ("scene", "stage"): "舞台 剧场",
    ("scene", "office"): "办公室 教室 实验室",
    ("scene", "coffee shop"): "餐厅 饭店 酒馆 茶馆",
    ("scene", "space"): "星球 星云",
    ("animal", ""): "牛 羊 马 驴 象 鹿 龙 蛇 龟 虾 蟹 虫 蝶 蜂 蛛 蚁 兽",
    ("vehicle", ""): "车 船 艇 舰 飞机 火箭 轮",
    ("place", ""): "馆 厅 院 场 楼 城 村 镇 寺 庙 塔 站 宫 殿 阁 亭 室 园 洞 关 州 国 区",
    (
        "object",
        "",
    ): "刀 剑 枪 琴 鼓 笛 灯 机 器 箱 盒 杯 碗 瓶 壶 锅 桌 椅 床 柜 窗 门 伞 扇 镜 钟 表 笔 纸 书 画 旗 球 棋 牌 绳 网 笼 窝 粮 玩具 玩偶 雕像 "
    "包 袋 桶 盆 盘 缸 炉 板 架 垫 毯 帘 键 屏",
    ("nature", ""): "树 花 草 叶 藤 竹 石 岩 沙 土 风 浪 潮 光景",
    ("food", ""): "汤 面 饭 饼 糕 粥 茶 肉 菜 饺 糖 酒 汁 果 瓜 蛋 酱 粉 丸 丝 丁 排 串 奶茶 蛋糕 面包 火锅",
    ("clothing", ""): "衣 服 裙 裤 帽 鞋 靴 袍 衫 袄 袜 巾 套装",
    ("body", ""): "发 眼 脸 手臂 尾巴 翅膀 耳朵",
    ("idea", ""): "赛 节 会 剧 片 戏 奖 主义 精神",
    ("colour", ""): "色",
    ("style", ""): "风格 画风 质感 画派 派 感 式 版",
    ("lens", ""): "镜头 视角 构图 机位 景别 焦距",
    ("light", ""): "灯光 光线 光影 光效 光",
    ("sound", ""): "声 音乐 曲 歌 配乐 音效 乐",
    ("mood", ""): "氛围 气氛 情绪 心情",
    ("editing", ""): "转场 剪辑 特效",
}
"""What words are, by kind and meaning, with the endings that say so."""
BY_ENDING = {ending: key for key, endings in ENDINGS.items() for ending in endings.split()}
WORKING = frozenset("员师者家手工匠商")
"""Endings of people that stand behind what they do: 送奶工."""
TRADES = frozenset("员师者匠")
"""Those of them that are no words of their own: 讲解员, but 洗手."""
NUMERALS = frozenset("二两三四五六七八九十几")
"""Numerals that count the people behind them: 师徒四人."""
NEVER_IN_STEMS = frozenset(
    "第的地得了着过在和与跟把被给让向往从到对是有没不别很也都就又再而或个只条位名这那每我你他她它们上下里中比当"
)
"""Characters that join words and stand in no noun that ends so."""


def by_ending(word: str) -> tuple[str, str] | None:
    """Return what a word is by its ending, as (kind, meaning), or None."""
    for length in (3, 2, 1):
        stem, ending = word[:-length], word[-length:]
        if ending == "人" and stem[-1:] and stem[-1] in NUMERALS:
            return None
        if 0 < len(stem) <= LONGEST_STEM and ending in BY_ENDING and not NEVER_IN_STEMS & set(stem):
            return BY_ENDING[ending]
    return None
